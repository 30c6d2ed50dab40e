/* SPDX-License-Identifier: MIT */
/* The stacks of a CPU: [guard page][stack], named by the guard's first byte and the stack's end. */
#pragma once

#include <copra/types.h>

#include "cpu/asm_offsets.h"

enum stack_kind {
	STACK_MAIN,
	STACK_FAULT, /* #DF; NMI and #MC, which restricted injection rules out */
	STACK_VC,    /* #VC */
	STACK_HV,    /* #HV */
	STACK_COUNT,
};

struct stack {
	u8 *guard;
	u8 *top;
};

/* Guard pages included */
#define STACKS_SIZE (STACK_COUNT * PAGE_SIZE + STACK_MAIN_SIZE + (STACK_COUNT - 1) * STACK_TRAP_SIZE)

/* Those of the boot CPU, which the image brings along. */
void stacks_of_boot(struct stack stacks[STACK_COUNT]);
/* Those of another CPU, in STACKS_SIZE bytes of whole pages. */
void stacks_carve(struct stack stacks[STACK_COUNT], u8 *memory);

/* True when the address lies in a guard page. */
bool stack_guard_hit(const struct stack stacks[STACK_COUNT], u64 address);
/* The end of the stack that the address lies in; 0 when in none. */
u64 stack_end(const struct stack stacks[STACK_COUNT], u64 address);
