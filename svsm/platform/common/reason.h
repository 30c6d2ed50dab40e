/* SPDX-License-Identifier: MIT */
/* The SVSM's last words. */
#pragma once

#include "base/text.h"
#include "platform/platform.h"

/* "svsm: stopped, code 4:N: why" and a newline: fixed text only, release images write it too, and the host reads along. */
void reason_format(struct text *text, enum terminate_reason reason);
#define REASON_LINE_MAX 96U
