/* SPDX-License-Identifier: MIT */
/* Exceptions that belong to a platform (SNP: #VC and #HV). A kernel on that platform calls it from its trap entry. */
#pragma once

#include "platform/platform.h"

struct trap_frame;

/* True when the exception was handled and the kernel goes on at frame->rip. */
bool platform_exception(struct trap_frame *frame);
/* Why the SVSM gives up when it was not handled. */
enum terminate_reason platform_exception_reason(const struct trap_frame *frame);

/* An exception of ring 3 (cpu/user.h). Those that concern the whole SVSM, such as a machine check, end it. */
enum user_exception {
	USER_EXCEPTION_FAULT, /* the program's own fault */
	USER_EXCEPTION_NONE,  /* the CPU was wanted; see platform_events_take */
	USER_EXCEPTION_CPUID, /* most likely: the instruction is the caller's to check */
};
/* Before ring 3 runs: leaves nothing behind that an instruction of ring 3's could repeat to the host (on SNP, VMGEXIT: the GHCB). */
void platform_user_prepare(void);
enum user_exception platform_user_exception(const struct trap_frame *frame);
