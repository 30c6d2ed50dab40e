/* SPDX-License-Identifier: MIT */
/* Exceptions of the kernel itself. None is expected but #HV, and #VC for CPUID; all others end the SVSM. */
#pragma once

#include <copra/types.h>

#include "cpu/trap_numbers.h"

/* What trap_entry.S pushes, lowest address first. */
struct trap_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8;
	u64 rbp, rdi, rsi, rdx, rcx, rbx, rax;
	u64 vector;
	u64 error_code; /* 0 where the processor pushes none */
	u64 rip, cs, rflags, rsp, ss;
};

/* Atomic: why a CPU has ended that could not execute C any more; 0 while none has. */
extern u32 trap_hopeless_reason;

extern u8 trap_stubs[]; /* TRAP_VECTORS entries of TRAP_STUB_SIZE bytes */

/* Called by trap_entry.S; returning resumes at frame->rip. */
void trap_handle(struct trap_frame *frame);
