/* SPDX-License-Identifier: MIT */
#include "platform/exception.h"

#include "cpu/trap.h"
#include "platform/native/probe.h"

bool platform_exception(struct trap_frame *frame)
{
	return probe_catch(frame);
}

enum terminate_reason platform_exception_reason(const struct trap_frame *frame)
{
	return TERMINATE_UNEXPECTED_TRAP;
}

/* There is no host to ask. */
void platform_user_prepare(void)
{
}

enum user_exception platform_user_exception(const struct trap_frame *frame)
{
	switch (frame->vector) {
	case TRAP_NMI:
	case TRAP_DOUBLE_FAULT:
	case TRAP_MACHINE_CHECK:
		platform_terminate(TERMINATE_UNEXPECTED_TRAP);
	default:
		return USER_EXCEPTION_FAULT;
	}
}
