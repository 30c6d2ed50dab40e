/* SPDX-License-Identifier: MIT */
#include "apic/clock.h"

#include "apic/real.h"
#include "x86/instructions.h"

#define PM_TIMER_HZ 3579545ULL
#define PM_TIMER_BITS 0xFFFFFFU
#define CALIBRATION_COUNTS 71591U /* 20 ms */
#define CALIBRATION_SPINS_MAX 100000000U

#define REAL_LVT_TIMER 0x320U
#define REAL_TIMER_INITIAL 0x380U
#define REAL_TIMER_CURRENT 0x390U
#define REAL_TIMER_DIVIDE 0x3E0U
#define REAL_LVT_MASKED 0x10000U
#define REAL_DIVIDE_BY_ONE 0xBU

static u64 tsc_khz = 1000000;
static u64 apic_khz = 1000000;
static u64 tsc_start; /* nanosecond 0 */

static u32 pm_timer_read(u16 port)
{
	return port_in32(port) & PM_TIMER_BITS;
}

void clock_calibrate(u16 pm_timer)
{
	real_apic_write(REAL_LVT_TIMER, REAL_LVT_MASKED);
	real_apic_write(REAL_TIMER_DIVIDE, REAL_DIVIDE_BY_ONE);
	u32 pm_start = pm_timer_read(pm_timer);
	u64 tsc_before = tsc_read();
	real_apic_write(REAL_TIMER_INITIAL, UINT32_MAX);
	u32 elapsed = 0;
	for (u32 spins = 0; elapsed < CALIBRATION_COUNTS && spins < CALIBRATION_SPINS_MAX; spins++) {
		elapsed = (pm_timer_read(pm_timer) - pm_start) & PM_TIMER_BITS;
	}
	u32 apic_counts = UINT32_MAX - real_apic_read(REAL_TIMER_CURRENT);
	u64 tsc_ticks = tsc_read() - tsc_before;
	real_apic_write(REAL_TIMER_INITIAL, 0);
	if (elapsed >= CALIBRATION_COUNTS) {
		tsc_khz = tsc_ticks * PM_TIMER_HZ / elapsed / 1000;
		apic_khz = (u64)apic_counts * PM_TIMER_HZ / elapsed / 1000;
	}
	tsc_start = tsc_read();
}

u64 clock_tsc_khz(void)
{
	return tsc_khz;
}

u32 clock_apic_counts(u64 tsc_ticks)
{
	const u64 limit = 1ULL << 40;
	u64 ticks = tsc_ticks < limit ? tsc_ticks : limit;
	u64 counts = ticks * apic_khz / tsc_khz;
	if (counts == 0) {
		return 1;
	}
	return counts < UINT32_MAX ? (u32)counts : UINT32_MAX;
}

u64 clock_nanoseconds(u64 tsc)
{
	u64 ticks = tsc - tsc_start;
	return ticks / tsc_khz * 1000000 + ticks % tsc_khz * 1000000 / tsc_khz;
}
