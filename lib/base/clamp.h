/* SPDX-License-Identifier: MIT */
/* Keeps a processor that guesses branches from using an index that a check has refused. */
#pragma once

#include <copra/types.h>

/* index when it is below count (at most 2^63), else 0, computed without a branch. For use after the check. */
static inline u64 index_clamp(u64 index, u64 count)
{
	u64 beyond = index | (count - 1 - index);
	return index & ((beyond >> 63) - 1);
}
