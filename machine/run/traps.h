/* SPDX-License-Identifier: MIT */
/* The machine's own exceptions and interrupts. */
#pragma once

#include <copra/types.h>

struct trap_frame {
	u64 r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp, rbx, rdx, rcx, rax;
	u64 vector, error_code;
	u64 rip, cs, rflags, rsp, ss;
};

#define TRAP_IST_NMI 1U
#define TRAP_IST_DOUBLE_FAULT 2U
#define TRAP_IST_MACHINE_CHECK 3U

/* Loads the table on this CPU; the first call fills it. */
void traps_load(void);

/* traps.S calls it for every vector. */
void trap_handle(struct trap_frame *frame);
