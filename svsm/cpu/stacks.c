/* SPDX-License-Identifier: MIT */
#include "cpu/stacks.h"

extern u8 stack_main_guard[], stack_main_top[];
extern u8 stack_fault_guard[], stack_fault_top[];
extern u8 stack_vc_guard[], stack_vc_top[];
extern u8 stack_hv_guard[], stack_hv_top[];

void stacks_of_boot(struct stack stacks[STACK_COUNT])
{
	stacks[STACK_MAIN] = (struct stack){stack_main_guard, stack_main_top};
	stacks[STACK_FAULT] = (struct stack){stack_fault_guard, stack_fault_top};
	stacks[STACK_VC] = (struct stack){stack_vc_guard, stack_vc_top};
	stacks[STACK_HV] = (struct stack){stack_hv_guard, stack_hv_top};
}

void stacks_carve(struct stack stacks[STACK_COUNT], u8 *memory)
{
	for (u32 i = 0; i < STACK_COUNT; i++) {
		stacks[i].guard = memory;
		memory += PAGE_SIZE + (i == STACK_MAIN ? STACK_MAIN_SIZE : STACK_TRAP_SIZE);
		stacks[i].top = memory;
	}
}

bool stack_guard_hit(const struct stack stacks[STACK_COUNT], u64 address)
{
	for (u32 i = 0; i < STACK_COUNT; i++) {
		if (address - (u64)stacks[i].guard < PAGE_SIZE) {
			return true;
		}
	}
	return false;
}

u64 stack_end(const struct stack stacks[STACK_COUNT], u64 address)
{
	for (u32 i = 0; i < STACK_COUNT; i++) {
		u64 bottom = (u64)stacks[i].guard + PAGE_SIZE;
		if (address >= bottom && address < (u64)stacks[i].top) {
			return (u64)stacks[i].top;
		}
	}
	return 0;
}
