/* SPDX-License-Identifier: MIT */
/* What a program finds on its stack when it starts. System V ABI for x86-64, section 3.4.1. */
#pragma once

#include "task/loader.h"

#define INITIAL_STACK_RANDOM 16U

struct initial_stack {
	const struct loaded *loaded;
	const char *name;                /* argv[1]; argv[0] is "service", and there is no environment */
	bool again;                      /* argv[2] is "again" */
	u8 random[INITIAL_STACK_RANDOM]; /* AT_RANDOM */
	u32 capabilities;                /* AT_HWCAP: CPUID leaf 1, EDX */
};

/* Writes it to the end of the stack; *pointer becomes RSP. ERR_RANGE when the stack is not there. */
err_t initial_stack_build(struct space *space, const struct initial_stack *stack, u64 *pointer);
