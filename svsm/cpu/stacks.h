/* SPDX-License-Identifier: MIT */
/* The boot CPU's stacks: [guard page][stack], named by the guard's first byte and the stack's end. */
#pragma once

#include <copra/types.h>

#include "cpu/asm_offsets.h"

extern u8 stack_main_guard[];
extern u8 stack_main_top[];
extern u8 stack_fault_guard[]; /* #DF */
extern u8 stack_fault_top[];
extern u8 stack_vc_guard[]; /* #VC */
extern u8 stack_vc_top[];
extern u8 stack_hv_guard[]; /* #HV */
extern u8 stack_hv_top[];
extern u8 stack_nmi_guard[]; /* NMI and #MC, which restricted injection rules out */
extern u8 stack_nmi_top[];

#define STACK_COUNT 5U

/* The guard page below stack `index`, 0 to STACK_COUNT - 1. */
void *stack_guard_page(u32 index);
/* True when the address lies in a guard page. */
bool stack_guard_hit(u64 address);
/* The end of the stack that the address lies in; 0 when in none. */
u64 stack_end(u64 address);
