/* SPDX-License-Identifier: MIT */
/* Alignment of addresses and sizes; `to` is a power of two. */
#pragma once

#include <copra/types.h>

static inline bool is_aligned(u64 value, u64 to)
{
	return (value & (to - 1)) == 0;
}

static inline u64 align_down(u64 value, u64 to)
{
	return value & ~(to - 1);
}

/* Rounds up into *result; false when that does not fit in 64 bits. */
static inline bool align_up(u64 value, u64 to, u64 *result)
{
	u64 sum;
	if (__builtin_add_overflow(value, to - 1, &sum)) {
		return false;
	}
	*result = align_down(sum, to);
	return true;
}
