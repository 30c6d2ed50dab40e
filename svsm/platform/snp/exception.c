/* SPDX-License-Identifier: MIT */
#include "platform/exception.h"

#include <copra/sev.h>

#include "base/align.h"
#include "cpu/asm_offsets.h"
#include "cpu/cpuid.h"
#include "cpu/trap.h"
#include "platform/snp/doorbell.h"
#include "platform/snp/ghcb.h"
#include "platform/snp/window_access.h"

/* #VC carries no decoded instruction: the bytes at RIP must be those of CPUID (0F A2). */
static bool cpuid_emulate(struct trap_frame *frame)
{
	static const u8 cpuid_opcode[2] = {0x0F, 0xA2};
	const u8 *code = (const u8 *)frame->rip;
	if (code[0] != cpuid_opcode[0] || code[1] != cpuid_opcode[1]) {
		return false;
	}
	struct cpuid_result result = cpuid_find((u32)frame->rax, (u32)frame->rcx);
	frame->rax = result.eax;
	frame->rbx = result.ebx;
	frame->rcx = result.ecx;
	frame->rdx = result.edx;
	frame->rip += sizeof(cpuid_opcode);
	return true;
}

/*
 * #HV within #HV: its frame has overwritten the first one's, which would never get back. An honest host signals again only after
 * NoFurtherSignal was cleared, and that is not done here. The stack is a page, so the frame's page tells.
 */
static bool frame_is_overwritten(const struct trap_frame *frame)
{
	_Static_assert(STACK_TRAP_SIZE == PAGE_SIZE, "a trap's stack is a page");
	return align_down(frame->rsp, PAGE_SIZE) == align_down((u64)frame, PAGE_SIZE);
}

bool platform_exception(struct trap_frame *frame)
{
	if (frame->vector == VECTOR_HV) {
		if (frame_is_overwritten(frame)) {
			return false;
		}
		doorbell_signalled(&frame->rip);
		return true;
	}
	if (frame->vector != VECTOR_VC) {
		return false;
	}
	return frame->error_code == SVM_EXIT_CPUID ? cpuid_emulate(frame) : window_fault_fix(frame);
}

enum terminate_reason platform_exception_reason(const struct trap_frame *frame)
{
	if (frame->vector == VECTOR_VC && frame->error_code == SVM_EXIT_PAGE_NOT_VALIDATED) {
		return TERMINATE_PAGE_NOT_VALIDATED;
	}
	return TERMINATE_UNEXPECTED_TRAP;
}

/* VMGEXIT is not privileged. A GHCB without a single valid field is no request (56421, section 2.6). */
void platform_user_prepare(void)
{
	ghcb_clear();
}

/* A page that the host has taken from ring 3 is a fault of the program's like others: it ends, and the page is never used again. */
enum user_exception platform_user_exception(const struct trap_frame *frame)
{
	switch (frame->vector) {
	case VECTOR_HV:
		return USER_EXCEPTION_NONE;
	case VECTOR_VC:
		return frame->error_code == SVM_EXIT_CPUID ? USER_EXCEPTION_CPUID : USER_EXCEPTION_FAULT;
	case TRAP_NMI:
	case TRAP_DOUBLE_FAULT:
	case TRAP_MACHINE_CHECK:
		platform_terminate(TERMINATE_UNEXPECTED_TRAP);
	default:
		return USER_EXCEPTION_FAULT;
	}
}
