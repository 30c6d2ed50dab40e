/* SPDX-License-Identifier: MIT */
#include "task/clock.h"

#include "cpu/cpuid.h"
#include "cpu/instructions.h"

#define LEAF_TIMESTAMP 0x15U
#define LEAF_TIMING 0x40000010U /* EAX: kHz */
#define DEFAULT_KHZ 2000000U
#define NANOSECONDS_PER_MILLISECOND 1000000U
#define MICROSECONDS_PER_MILLISECOND 1000U

static u64 start;
static u64 khz;
static u64 latest; /* of all CPUs, whose counters may differ */

static u64 khz_find(void)
{
	struct cpuid_result timestamp = cpuid_find(LEAF_TIMESTAMP, 0);
	struct cpuid_result timing = cpuid_find(LEAF_TIMING, 0);
	if (timestamp.eax != 0 && timestamp.ebx != 0 && timestamp.ecx != 0) {
		return (u64)timestamp.ecx * timestamp.ebx / timestamp.eax / 1000;
	}
	return timing.eax != 0 ? timing.eax : DEFAULT_KHZ;
}

void clock_init(void)
{
	khz = khz_find();
	khz = khz != 0 ? khz : DEFAULT_KHZ;
	start = timestamp_read();
	latest = 0;
}

/* ticks * 10^6 / khz, without losing the high bits */
static u64 ticks_to_nanoseconds(u64 ticks)
{
	return ticks / khz * NANOSECONDS_PER_MILLISECOND + ticks % khz * NANOSECONDS_PER_MILLISECOND / khz;
}

u64 clock_nanoseconds(void)
{
	u64 now = timestamp_read();
	u64 value = now > start ? ticks_to_nanoseconds(now - start) : 0;
	u64 seen = __atomic_load_n(&latest, __ATOMIC_RELAXED);
	while (value > seen) {
		if (__atomic_compare_exchange_n(&latest, &seen, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
			return value;
		}
	}
	return seen;
}

u64 clock_ticks(u32 microseconds)
{
	return khz / MICROSECONDS_PER_MILLISECOND * microseconds;
}
