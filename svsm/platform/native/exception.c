/* SPDX-License-Identifier: MIT */
#include "platform/exception.h"

#include "platform/native/probe.h"

bool platform_exception(struct trap_frame *frame)
{
	return probe_catch(frame);
}

enum terminate_reason platform_exception_reason(const struct trap_frame *frame)
{
	return TERMINATE_UNEXPECTED_TRAP;
}
