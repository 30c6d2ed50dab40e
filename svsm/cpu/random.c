/* SPDX-License-Identifier: MIT */
#include "cpu/random.h"

#include "base/mem.h"
#include "cpu/cpuid.h"
#include "cpu/instructions.h"
#include "platform/platform.h"

#define RANDOM_TRIES 10U /* what processor manuals recommend for RDRAND */
#define SEED_TRIES 1000U /* RDSEED may run dry for a while when all CPUs ask at once */
#define CPUID_7_EBX_RDSEED (1U << 18)

static u64 rdrand_take(void)
{
	u64 value = 0;
	for (u32 i = 0; i < RANDOM_TRIES; i++) {
		if (random_u64(&value)) {
			return value;
		}
	}
	platform_terminate(TERMINATE_RANDOM);
}

static u64 rdseed_take(void)
{
	u64 value = 0;
	for (u32 i = 0; i < SEED_TRIES; i++) {
		if (random_seed_u64(&value)) {
			return value;
		}
		cpu_relax();
	}
	platform_terminate(TERMINATE_RANDOM);
}

u64 random_take(void)
{
	u64 first = rdrand_take();
	u64 second = rdrand_take();
	if (first == second) {
		platform_terminate(TERMINATE_RANDOM);
	}
	if ((cpuid_find(7, 0).ebx & CPUID_7_EBX_RDSEED) != 0) {
		second ^= rdseed_take();
	}
	return second;
}

void random_fill(void *to, size_t n)
{
	u8 *out = to;
	while (n > 0) {
		u64 value = random_take();
		size_t part = n < sizeof(value) ? n : sizeof(value);
		memcpy(out, &value, part);
		out += part;
		n -= part;
	}
}
