/* SPDX-License-Identifier: MIT */
/*
 * A clock that never goes back, from the time-stamp counter. How fast that counts is said by CPUID leaf 0x15 or 0x40000010, or by nobody:
 * then 2 GHz are assumed. The host may tell what it likes; it can make the counter run as it likes, too.
 */
#pragma once

#include <copra/types.h>

/* On the boot CPU, once. */
void clock_init(void);
/* Nanoseconds since then. */
u64 clock_nanoseconds(void);
/* What one CPU's counter does in that time: counters of CPUs may differ, and then the clock stands still on some. */
u64 clock_ticks(u32 microseconds);
