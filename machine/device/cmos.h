/* SPDX-License-Identifier: MIT */
/* The real-time clock and its RAM, less the bytes that tell how much RAM QEMU has. */
#pragma once

#include <copra/types.h>

#define CMOS_PORT_INDEX 0x70U
#define CMOS_PORT_DATA 0x71U

/* The guest reads this byte by the data port: its share where the byte is about RAM, else the device's answer. */
u8 cmos_guest_read(u8 index);

/* Seconds since 1970. Leaves the index register changed. */
u64 cmos_time(void);
