/* SPDX-License-Identifier: MIT */
/* System calls of ring 3: a subset of Linux' for x86-64. docs/syscalls.md */
#pragma once

#include "task/process.h"

enum syscall_outcome {
	SYSCALL_DONE,    /* RAX holds the result */
	SYSCALL_REPLIED, /* the same, and a reply is there to be fetched */
	SYSCALL_ENDS,    /* the process wants to end, and that is logged */
};

/* The call in the process' registers: number in RAX, arguments in RDI, RSI, RDX, R10, R8, R9. */
enum syscall_outcome syscall_carry_out(struct process *process);
