/* SPDX-License-Identifier: MIT */
/* Exceptions that belong to a platform (SNP: #VC and #HV). A kernel on that platform calls it from its trap entry. */
#pragma once

#include "platform/platform.h"

struct trap_frame;

/* True when the exception was handled and the kernel goes on at frame->rip. */
bool platform_exception(struct trap_frame *frame);
/* Why the SVSM gives up when it was not handled. */
enum terminate_reason platform_exception_reason(const struct trap_frame *frame);
