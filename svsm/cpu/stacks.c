/* SPDX-License-Identifier: MIT */
#include "cpu/stacks.h"

#include "platform/check.h"

struct stack {
	u8 *guard;
	u8 *top;
};

static const struct stack stacks[STACK_COUNT] = {
	{stack_main_guard, stack_main_top}, {stack_fault_guard, stack_fault_top}, {stack_vc_guard, stack_vc_top},
	{stack_hv_guard, stack_hv_top},     {stack_nmi_guard, stack_nmi_top},
};

void *stack_guard_page(u32 index)
{
	CHECK(index < STACK_COUNT);
	return stacks[index].guard;
}

bool stack_guard_hit(u64 address)
{
	for (u32 i = 0; i < STACK_COUNT; i++) {
		if (address - (u64)stacks[i].guard < PAGE_SIZE) {
			return true;
		}
	}
	return false;
}

u64 stack_end(u64 address)
{
	for (u32 i = 0; i < STACK_COUNT; i++) {
		u64 bottom = (u64)stacks[i].guard + PAGE_SIZE;
		if (address >= bottom && address < (u64)stacks[i].top) {
			return (u64)stacks[i].top;
		}
	}
	return 0;
}
