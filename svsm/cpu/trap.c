/* SPDX-License-Identifier: MIT */
#include "cpu/trap.h"

#include "cpu/instructions.h"
#include "cpu/per_cpu.h"
#include "cpu/stack_trace.h"
#include "cpu/stacks.h"
#include "dev/log.h"
#include "platform/exception.h"

u32 trap_hopeless_reason;

static enum terminate_reason trap_reason(const struct trap_frame *frame)
{
	/* The undefined-behaviour sanitizer's trap and __builtin_trap are UD2. */
	if (frame->vector == TRAP_INVALID_OPCODE) {
		return TERMINATE_CHECK_FAILED;
	}
	/* A push on the guard page: its #PF has no stack either and becomes #DF. CR2 is still the push's. */
	if ((frame->vector == TRAP_DOUBLE_FAULT || frame->vector == TRAP_PAGE_FAULT) &&
	    stack_guard_hit(cpu_current()->stacks, cr2_read())) {
		return TERMINATE_STACK;
	}
	return platform_exception_reason(frame);
}

static void trap_log(const struct trap_frame *frame)
{
	log_error("trap %llu error 0x%llx rip 0x%llx rsp 0x%llx cr2 0x%llx", (unsigned long long)frame->vector,
		  (unsigned long long)frame->error_code, (unsigned long long)frame->rip, (unsigned long long)frame->rsp,
		  (unsigned long long)cr2_read());
	stack_trace_log(frame->rip, frame->rbp);
}

void trap_handle(struct trap_frame *frame)
{
	struct cpu *cpu = cpu_current();
	if (platform_exception(frame)) {
		return;
	}
	/* A trap while the first one is being told of: no more words. */
	cpu->terminating = cpu->trapped;
	if (!cpu->trapped) {
		cpu->trapped = true;
		trap_log(frame);
	}
	platform_terminate(trap_reason(frame));
}
