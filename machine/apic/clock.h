/* SPDX-License-Identifier: MIT */
/* Frequencies, measured once against the ACPI power-management timer. */
#pragma once

#include <copra/types.h>

/* Measures for about 20 ms; the power-management timer, at that port, must run (SeaBIOS has enabled it). */
void clock_calibrate(u16 pm_timer);

u64 clock_tsc_khz(void);

/* Counts of the real local APIC timer (divider 1) in so many TSC ticks, at least 1. */
u32 clock_apic_counts(u64 tsc_ticks);

/* From the calibration to a TSC that is not before it. */
u64 clock_nanoseconds(u64 tsc);
