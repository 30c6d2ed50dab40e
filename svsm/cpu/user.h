/* SPDX-License-Identifier: MIT */
/* Into ring 3 and back. */
#pragma once

#include "cpu/trap.h"

/* What ring 3 goes on with, and, afterwards, why it stopped: frame.vector. The frame's selectors are the caller's business. */
struct user_state {
	struct trap_frame frame;
};

#define USER_RFLAGS_FIXED \
	0x2ULL /* the bit that is always 1. Interrupts stay off: the SVSM takes none, and #HV is no interrupt */
#define USER_RFLAGS_KEPT \
	0x240DD5ULL /* what ring 3 may change by itself: ID, AC, OF, DF, TF, and the results of arithmetic */

/*
 * Runs ring 3 until its next trap, which saves the registers in *state: VECTOR_HV for whatever concerns the CPU and not the program.
 * Bit 7 of *signal means that something waits for this CPU: then it returns at once, with VECTOR_HV. The address space, FS base and
 * vector registers are the caller's to set.
 */
void user_run(struct user_state *state, const volatile u8 *signal);
