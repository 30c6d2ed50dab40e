/* SPDX-License-Identifier: MIT */
#include "platform/exception.h"

#include <copra/sev.h>

#include "cpu/cpuid.h"
#include "cpu/trap.h"
#include "platform/snp/doorbell.h"

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

bool platform_exception(struct trap_frame *frame)
{
	if (frame->vector == VECTOR_HV) {
		doorbell_signalled(&frame->rip);
		return true;
	}
	return frame->vector == VECTOR_VC && frame->error_code == SVM_EXIT_CPUID && cpuid_emulate(frame);
}

enum terminate_reason platform_exception_reason(const struct trap_frame *frame)
{
	if (frame->vector == VECTOR_VC && frame->error_code == SVM_EXIT_PAGE_NOT_VALIDATED) {
		return TERMINATE_PAGE_NOT_VALIDATED;
	}
	return TERMINATE_UNEXPECTED_TRAP;
}
