/* SPDX-License-Identifier: MIT */
/* Frequencies, measured once against the ACPI power-management timer. */
#pragma once

#include <copra/types.h>

/* Measures for about 20 ms; the power-management timer must run (SeaBIOS has enabled it). */
void clock_calibrate(void);

u64 clock_tsc_khz(void);

/* Counts of the real local APIC timer (divider 1) in so many TSC ticks, at least 1. */
u32 clock_apic_counts(u64 tsc_ticks);

/* The two MSRs of KVM's paravirtual clock (KVM documentation, msr): false when the page is not shared memory. */
bool clock_write_wall(u64 address);
bool clock_write_system(u64 value);
