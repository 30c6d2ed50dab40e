/* SPDX-License-Identifier: MIT */
/* Half-open address ranges [start, start + size) that cannot wrap. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

/* True when [start, start + size) does not wrap and lies in [outer, outer + outer_size). size may be 0. */
static inline bool range_within(u64 start, u64 size, u64 outer, u64 outer_size)
{
	return start >= outer && size <= outer_size && start - outer <= outer_size - size;
}

/* True when the two ranges share a byte. Neither may wrap. */
static inline bool range_overlaps(u64 a, u64 a_size, u64 b, u64 b_size)
{
	return a < b ? b - a < a_size && b_size > 0 : a - b < b_size && a_size > 0;
}
