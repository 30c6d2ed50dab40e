/* SPDX-License-Identifier: MIT */
#include "device/cmos.h"

#include "mm/memory.h"
#include "x86/instructions.h"

#define FOUR_GIB (1ULL << 32)
#define SIXTEEN_MIB (16ULL << 20)

#define RTC_STATUS_A 0x0AU
#define RTC_STATUS_A_UPDATING 0x80U
#define RTC_STATUS_B 0x0BU
#define RTC_STATUS_B_BINARY 0x04U
#define RTC_CENTURY 0x32U

static void ram_sizes(u64 *low, u64 *high)
{
	u32 count;
	const struct memory_range *ranges = memory_ranges(&count);
	*low = 0;
	*high = 0;
	for (u32 i = 0; i < count; i++) {
		u64 end = ranges[i].start + ranges[i].size;
		if (end <= FOUR_GIB) {
			*low = end;
		} else {
			*high = end - FOUR_GIB;
		}
	}
}

/* QEMU's pc CMOS: 0x34/35 RAM above 16 MiB in 64 KiB, 0x5B..5D RAM above 4 GiB in 64 KiB. */
u8 cmos_guest_read(u8 index)
{
	u64 low, high;
	ram_sizes(&low, &high);
	u64 above_16m = low > SIXTEEN_MIB ? (low - SIXTEEN_MIB) >> 16 : 0;
	u64 above_4g = high >> 16;
	switch (index & 0x7F) {
	case 0x34:
		return (u8)above_16m;
	case 0x35:
		return (u8)(above_16m >> 8);
	case 0x5B:
		return (u8)above_4g;
	case 0x5C:
		return (u8)(above_4g >> 8);
	case 0x5D:
		return (u8)(above_4g >> 16);
	default:
		port_out8(CMOS_PORT_INDEX, index);
		return port_in8(CMOS_PORT_DATA);
	}
}

static u32 cmos_byte(u8 index)
{
	port_out8(CMOS_PORT_INDEX, index);
	return port_in8(CMOS_PORT_DATA);
}

static u32 clock_byte(u8 index, bool binary)
{
	u32 value = cmos_byte(index);
	return binary ? value : (value >> 4) * 10 + (value & 0xF);
}

/* Days from 1970-01-01 to the first of March of that year, then month by month (March based year). */
static u64 days_of(u64 year, u64 month, u64 day)
{
	u64 y = month <= 2 ? year - 1 : year;
	u64 m = month <= 2 ? month + 9 : month - 3;
	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day - 1 - 719468;
}

u64 cmos_time(void)
{
	const u32 tries = 100000;
	for (u32 i = 0; i < tries && (cmos_byte(RTC_STATUS_A) & RTC_STATUS_A_UPDATING) != 0; i++) {
		cpu_pause();
	}
	bool binary = (cmos_byte(RTC_STATUS_B) & RTC_STATUS_B_BINARY) != 0;
	u64 second = clock_byte(0, binary), minute = clock_byte(2, binary), hour = clock_byte(4, binary);
	u64 day = clock_byte(7, binary), month = clock_byte(8, binary), year = clock_byte(9, binary);
	u64 century = clock_byte(RTC_CENTURY, false);
	year += (century == 0 ? 20 : century) * 100;
	return ((days_of(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
}
