/* SPDX-License-Identifier: MIT */
/* CHECK: an invariant of our own that neither guest nor host can break by what they send. Always on. */
#pragma once

#include "platform/platform.h"

#define CHECK(condition) ((condition) ? (void)0 : platform_terminate(TERMINATE_CHECK_FAILED))
