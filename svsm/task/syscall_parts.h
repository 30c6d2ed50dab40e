/* SPDX-License-Identifier: MIT */
/* The families of system calls. Each returns what RAX becomes: a result, or the negative of an error (task/linux_abi.h). */
#pragma once

#include "task/linux_abi.h"
#include "task/process.h"

static inline u64 syscall_error(enum linux_error error)
{
	return 0 - (u64)error;
}

u64 syscall_brk(struct process *process, u64 address);
u64 syscall_mmap(struct process *process, const struct trap_frame *frame);
u64 syscall_munmap(struct process *process, u64 address, u64 bytes);
u64 syscall_mprotect(struct process *process, u64 address, u64 bytes, u64 protection);

/* Descriptors 1 and 2: the SVSM's log. */
u64 syscall_log(struct process *process, u64 address, u64 bytes);
u64 syscall_log_vector(struct process *process, u64 vector, u64 count);
/* The channel. Nobody waits in a read: a process runs only while there is a request (task/service.h). */
u64 syscall_channel_read(struct process *process, u64 address, u64 bytes);
u64 syscall_channel_write(struct process *process, u64 address, u64 bytes);

u64 syscall_arch_prctl(struct process *process, u64 code, u64 address);
u64 syscall_clock_gettime(struct process *process, u64 clock, u64 address);
u64 syscall_getrandom(struct process *process, u64 address, u64 bytes, u64 flags);
u64 syscall_futex(struct process *process, u64 operation);
