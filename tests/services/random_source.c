/* SPDX-License-Identifier: MIT */
/*
 * getrandom(2) as the services under test see it: after as many calls as COPRA_RANDOM_CALLS says it fails, for good. Without the
 * variable it never does.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

ssize_t getrandom(void *buffer, size_t length, unsigned int flags)
{
	static long calls;
	const char *limit = getenv("COPRA_RANDOM_CALLS");
	if (limit != NULL && calls++ >= strtol(limit, NULL, 10)) {
		errno = ENOSYS;
		return -1;
	}
	return syscall(SYS_getrandom, buffer, length, flags);
}
