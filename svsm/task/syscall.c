/* SPDX-License-Identifier: MIT */
#include "task/syscall.h"

#include "task/syscall_parts.h"

#define DESCRIPTOR_OUTPUT 1U
#define DESCRIPTOR_ERRORS 2U

static bool is_log(u64 descriptor)
{
	return descriptor == DESCRIPTOR_OUTPUT || descriptor == DESCRIPTOR_ERRORS;
}

static u64 read_call(struct process *process, const struct trap_frame *frame)
{
	return frame->rdi == CHANNEL_DESCRIPTOR ? syscall_channel_read(process, frame->rsi, frame->rdx)
						: syscall_error(LINUX_EBADF);
}

static u64 write_call(struct process *process, const struct trap_frame *frame)
{
	if (is_log(frame->rdi)) {
		return syscall_log(process, frame->rsi, frame->rdx);
	}
	return frame->rdi == CHANNEL_DESCRIPTOR ? syscall_channel_write(process, frame->rsi, frame->rdx)
						: syscall_error(LINUX_EBADF);
}

static u64 other_call(struct process *process, const struct trap_frame *frame)
{
	switch (frame->rax) {
	case LINUX_READ:
		return read_call(process, frame);
	case LINUX_WRITEV:
		return is_log(frame->rdi) ? syscall_log_vector(process, frame->rsi, frame->rdx)
					  : syscall_error(LINUX_EBADF);
	case LINUX_MMAP:
		return syscall_mmap(process, frame);
	case LINUX_MPROTECT:
		return syscall_mprotect(process, frame->rdi, frame->rsi, frame->rdx);
	case LINUX_MUNMAP:
		return syscall_munmap(process, frame->rdi, frame->rsi);
	case LINUX_BRK:
		return syscall_brk(process, frame->rdi);
	case LINUX_GETPID:
	case LINUX_GETTID:
	case LINUX_SET_TID_ADDRESS:
		return PROCESS_NUMBER;
	case LINUX_ARCH_PRCTL:
		return syscall_arch_prctl(process, frame->rdi, frame->rsi);
	case LINUX_FUTEX:
		return syscall_futex(process, frame->rsi);
	case LINUX_CLOCK_GETTIME:
		return syscall_clock_gettime(process, frame->rdi, frame->rsi);
	case LINUX_GETRANDOM:
		return syscall_getrandom(process, frame->rdi, frame->rsi, frame->rdx);
	default:
		return syscall_error(LINUX_ENOSYS);
	}
}

enum syscall_outcome syscall_carry_out(struct process *process)
{
	struct trap_frame *frame = &process->user.frame;
	enum channel_phase before = process->channel->phase;
	switch (frame->rax) {
	case LINUX_WRITE:
		frame->rax = write_call(process, frame);
		return process->channel->phase != before ? SYSCALL_REPLIED : SYSCALL_DONE;
	case LINUX_EXIT:
	case LINUX_EXIT_GROUP:
		log_error("%s: ended itself, status %u", process->name, (u32)frame->rdi);
		return SYSCALL_ENDS;
	default:
		frame->rax = other_call(process, frame);
		return SYSCALL_DONE;
	}
}
