/* SPDX-License-Identifier: MIT */
#include "task/process_trap.h"

#include "base/mem.h"
#include "cpu/instructions.h"
#include "platform/exception.h"
#include "task/syscall.h"
#include "task/user_cpuid.h"

#define OPCODE_SIZE 2U

static bool code_is(const struct process *process, const u8 *opcode)
{
	u8 code[OPCODE_SIZE];
	return space_read(&process->space, process->user.frame.rip, code, sizeof(code)) == ERR_OK &&
	       memcmp(code, opcode, sizeof(code)) == 0;
}

static bool cpuid_answer(struct process *process)
{
	static const u8 opcode[OPCODE_SIZE] = {0x0F, 0xA2};
	struct trap_frame *frame = &process->user.frame;
	if (!code_is(process, opcode)) {
		return false;
	}
	struct cpuid_result result = user_cpuid((u32)frame->rax, (u32)frame->rcx, vectors_xcr0());
	frame->rax = result.eax;
	frame->rbx = result.ebx;
	frame->rcx = result.ecx;
	frame->rdx = result.edx;
	frame->rip += OPCODE_SIZE;
	return true;
}

static void fault_log(const struct process *process)
{
	const struct trap_frame *frame = &process->user.frame;
	log_error("%s: ended by exception %llu, error 0x%llx, at 0x%llx, stack 0x%llx, address 0x%llx", process->name,
		  (unsigned long long)frame->vector, (unsigned long long)frame->error_code,
		  (unsigned long long)frame->rip, (unsigned long long)frame->rsp,
		  (unsigned long long)(frame->vector == TRAP_PAGE_FAULT ? cr2_read() : 0));
}

/* SYSCALL is off, so it comes as #UD (cpu/user_entry.S). */
static bool is_system_call(const struct process *process)
{
	static const u8 opcode[OPCODE_SIZE] = {0x0F, 0x05};
	return process->user.frame.vector == TRAP_INVALID_OPCODE && code_is(process, opcode);
}

static bool system_call(struct process *process, enum process_stop *stop)
{
	enum syscall_outcome outcome = syscall_carry_out(process);
	if (outcome == SYSCALL_ENDS) {
		*stop = PROCESS_DEAD;
		return false;
	}
	struct trap_frame *frame = &process->user.frame;
	frame->rip += OPCODE_SIZE;
	frame->rcx = frame->rip;
	frame->r11 = frame->rflags;
	*stop = outcome == SYSCALL_REPLIED ? PROCESS_REPLIED : PROCESS_SLICE_OVER;
	return outcome != SYSCALL_REPLIED;
}

/* From where it stands outside it could only fault. It does not go on there: for an RIP that is not canonical IRET itself might. */
static bool may_go_on(const struct process *process)
{
	return process->user.frame.rip < SPACE_END;
}

bool process_trap(struct process *process, enum process_stop *stop)
{
	if (is_system_call(process)) {
		return system_call(process, stop);
	}
	enum user_exception kind = platform_user_exception(&process->user.frame);
	if ((kind == USER_EXCEPTION_NONE && may_go_on(process)) ||
	    (kind == USER_EXCEPTION_CPUID && cpuid_answer(process))) {
		*stop = PROCESS_SLICE_OVER;
		return true;
	}
	fault_log(process);
	*stop = PROCESS_DEAD;
	return false;
}
