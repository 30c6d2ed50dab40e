/* SPDX-License-Identifier: MIT */
#include "apic/clock.h"

#include "base/addr.h"
#include "cpu/exits.h"
#include "device/cmos.h"
#include "device/power.h"
#include "rmp/view.h"
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

#define NANOSECONDS 1000000000ULL
#define SYSTEM_TIME_ENABLED 1ULL
#define FLAG_TSC_STABLE 1U

static u64 tsc_khz = 1000000;
static u64 apic_khz = 1000000;
static u64 tsc_start; /* system time 0 */

struct wall_clock {
	u32 version, seconds, nanoseconds;
};
LAYOUT_SIZE(struct wall_clock, 12);

struct system_time {
	u32 version, reserved_4;
	u64 tsc_timestamp, system_time;
	u32 tsc_to_system_multiplier;
	signed char tsc_shift;
	u8 flags;
	u8 reserved_1e[2];
};
LAYOUT_SIZE(struct system_time, 32);

static u32 pm_timer_read(void)
{
	return port_in32((u16)(power_pm_base() + POWER_PM_TIMER)) & PM_TIMER_BITS;
}

void clock_calibrate(void)
{
	real_apic_write(REAL_LVT_TIMER, REAL_LVT_MASKED);
	real_apic_write(REAL_TIMER_DIVIDE, REAL_DIVIDE_BY_ONE);
	u32 pm_start = pm_timer_read();
	u64 tsc_before = tsc_read();
	real_apic_write(REAL_TIMER_INITIAL, UINT32_MAX);
	u32 elapsed = 0;
	for (u32 spins = 0; elapsed < CALIBRATION_COUNTS && spins < CALIBRATION_SPINS_MAX; spins++) {
		elapsed = (pm_timer_read() - pm_start) & PM_TIMER_BITS;
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

static u64 nanoseconds_of(u64 tsc_ticks)
{
	return tsc_ticks / tsc_khz * 1000000 + tsc_ticks % tsc_khz * 1000000 / tsc_khz;
}

/* ns = (ticks << shift or >> -shift) * multiplier >> 32; the multiplier takes all the precision that fits. */
static void scale_set(struct system_time *time)
{
	u64 hz = tsc_khz * 1000;
	int shift = 0;
	while (hz > 2 * NANOSECONDS) {
		hz >>= 1;
		shift--;
	}
	while (hz <= NANOSECONDS) {
		hz <<= 1;
		shift++;
	}
	time->tsc_shift = (signed char)shift;
	time->tsc_to_system_multiplier = (u32)((NANOSECONDS << 32) / hz);
}

bool clock_write_system(u64 value)
{
	if ((value & SYSTEM_TIME_ENABLED) == 0) {
		return true;
	}
	u64 now = tsc_read();
	struct system_time time = {
		.version = 2,
		.tsc_timestamp = now,
		.system_time = nanoseconds_of(now - tsc_start),
		.flags = FLAG_TSC_STABLE,
	};
	scale_set(&time);
	return memory_write_shared(gpa(value & ~SYSTEM_TIME_ENABLED), &time, sizeof(time)) == ERR_OK;
}

bool clock_write_wall(u64 address)
{
	u64 up = nanoseconds_of(tsc_read() - tsc_start);
	struct wall_clock wall = {
		.version = 2,
		.seconds = (u32)(cmos_time() - up / NANOSECONDS),
	};
	return memory_write_shared(gpa(address), &wall, sizeof(wall)) == ERR_OK;
}
