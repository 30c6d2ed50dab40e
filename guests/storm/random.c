/* SPDX-License-Identifier: MIT */
#include "storm/random.h"

#define SPREAD 0x9E3779B97F4A7C15ULL

struct random random_of(u64 seed, u32 index)
{
	struct random random = {.state = (seed + index + 1) * SPREAD};
	random.state |= random.state == 0;
	(void)random_next(&random);
	return random;
}

/* A linear feedback shift register of 64 bits, scrambled by a product. */
u64 random_next(struct random *random)
{
	u64 x = random->state;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	random->state = x;
	return x * 0x2545F4914F6CDD1DULL;
}

u32 random_below(struct random *random, u32 limit)
{
	return (u32)((random_next(random) >> 32) * limit >> 32);
}
