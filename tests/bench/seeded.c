/* SPDX-License-Identifier: MIT */
/*
 * Linked around the services (ld's --wrap): random numbers that are the same in each process, so that the same commands do the same work
 * in a process of the host and in ring 3. For measuring only.
 */
#include <copra/types.h>
#include <sys/random.h>

/* What ld calls it. */
ssize_t __wrap_getrandom(void *buffer, size_t length, unsigned int flags);

/* SplitMix64: one addition and a mixing of the sum. */
static u64 number_next(void)
{
	static u64 state;
	state += 0x9E3779B97F4A7C15ULL;
	u64 mixed = (state ^ state >> 30) * 0xBF58476D1CE4E5B9ULL;
	mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBULL;
	return mixed ^ mixed >> 31;
}

ssize_t __wrap_getrandom(void *buffer, size_t length, unsigned int flags)
{
	u8 *bytes = buffer;
	for (size_t i = 0; i < length; i++) {
		bytes[i] = (u8)(number_next() >> 56);
	}
	return (ssize_t)length;
}
