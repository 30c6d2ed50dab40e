/* SPDX-License-Identifier: MIT */
#include "cpu/random.h"
#include "task/clock.h"
#include "task/syscall_parts.h"

#define NANOSECONDS_PER_SECOND 1000000000ULL
#define RANDOM_CALL_MAX 256U /* what Linux, too, gives in one piece */

struct time {
	u64 seconds;
	u64 nanoseconds;
};

u64 syscall_arch_prctl(struct process *process, u64 code, u64 address)
{
	if (code == LINUX_ARCH_SET_FS) {
		bool allowed = address < SPACE_END;
		process->fs_base = allowed ? address : process->fs_base;
		return allowed ? 0 : syscall_error(LINUX_EPERM);
	}
	if (code == LINUX_ARCH_GET_FS) {
		enum err error = space_write(&process->space, address, &process->fs_base, sizeof(process->fs_base));
		return error == ERR_OK ? 0 : syscall_error(LINUX_EFAULT);
	}
	return syscall_error(LINUX_EINVAL);
}

/* Clocks that count from the start; nobody knows what day it is. */
static bool clock_is_known(u64 clock)
{
	switch (clock) {
	case LINUX_CLOCK_MONOTONIC:
	case LINUX_CLOCK_PROCESS_CPUTIME_ID:
	case LINUX_CLOCK_THREAD_CPUTIME_ID:
	case LINUX_CLOCK_MONOTONIC_RAW:
	case LINUX_CLOCK_MONOTONIC_COARSE:
	case LINUX_CLOCK_BOOTTIME:
		return true;
	default:
		return false;
	}
}

u64 syscall_clock_gettime(struct process *process, u64 clock, u64 address)
{
	u64 now = clock_nanoseconds();
	struct time time = {now / NANOSECONDS_PER_SECOND, now % NANOSECONDS_PER_SECOND};
	if (!clock_is_known(clock)) {
		return syscall_error(LINUX_EINVAL);
	}
	enum err error = space_write(&process->space, address, &time, sizeof(time));
	return error == ERR_OK ? 0 : syscall_error(LINUX_EFAULT);
}

/* It fails for wrong arguments alone: without random numbers the SVSM ends (cpu/random.h). */
u64 syscall_getrandom(struct process *process, u64 address, u64 bytes, u64 flags)
{
	u64 part[8];
	u64 wanted = bytes < RANDOM_CALL_MAX ? bytes : RANDOM_CALL_MAX;
	if ((flags & ~(u64)LINUX_GRND_KNOWN) != 0) {
		return syscall_error(LINUX_EINVAL);
	}
	for (u64 done = 0; done < wanted; done += sizeof(part)) {
		u64 n = wanted - done < sizeof(part) ? wanted - done : sizeof(part);
		random_fill(part, n);
		if (space_write(&process->space, address + done, part, n) != ERR_OK) {
			return syscall_error(LINUX_EFAULT);
		}
	}
	return wanted;
}

/* There is one thread: nobody waits, so nobody is woken; and who would wait would wait for ever. */
u64 syscall_futex(struct process *process, u64 operation)
{
	return (operation & ~(u64)LINUX_FUTEX_FLAGS) == LINUX_FUTEX_WAKE ? 0 : syscall_error(LINUX_ENOSYS);
}
