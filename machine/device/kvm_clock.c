/* SPDX-License-Identifier: MIT */
#include "device/kvm_clock.h"

#include "apic/clock.h"
#include "base/addr.h"
#include "device/cmos.h"
#include "rmp/view.h"
#include "x86/instructions.h"

#define NANOSECONDS 1000000000ULL
#define SYSTEM_TIME_ENABLED 1ULL
#define FLAG_TSC_STABLE 1U

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

/* ns = (ticks << shift or >> -shift) * multiplier >> 32; the multiplier takes all the precision that fits. */
static void scale_set(struct system_time *time)
{
	u64 hz = clock_tsc_khz() * 1000;
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

bool kvm_clock_write_system(u64 value)
{
	if ((value & SYSTEM_TIME_ENABLED) == 0) {
		return true;
	}
	u64 now = tsc_read();
	struct system_time time = {
		.version = 2,
		.tsc_timestamp = now,
		.system_time = clock_nanoseconds(now),
		.flags = FLAG_TSC_STABLE,
	};
	scale_set(&time);
	return memory_write_shared(gpa(value & ~SYSTEM_TIME_ENABLED), &time, sizeof(time)) == ERR_OK;
}

bool kvm_clock_write_wall(u64 address)
{
	u64 up = clock_nanoseconds(tsc_read());
	struct wall_clock wall = {
		.version = 2,
		.seconds = (u32)(cmos_time() - up / NANOSECONDS),
	};
	return memory_write_shared(gpa(address), &wall, sizeof(wall)) == ERR_OK;
}
