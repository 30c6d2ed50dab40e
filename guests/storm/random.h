/* SPDX-License-Identifier: MIT */
/* Random numbers that a seed fixes, a row for each CPU. */
#pragma once

#include <copra/types.h>

struct random {
	u64 state; /* not 0 */
};

struct random random_of(u64 seed, u32 index);
u64 random_next(struct random *random);
/* From 0 to limit - 1 */
u32 random_below(struct random *random, u32 limit);
