/* SPDX-License-Identifier: MIT */
/* One local APIC, in software: xAPIC and x2APIC registers, timer, IPIs, level interrupts. One per vCPU and VMPL. */
#pragma once

#include <copra/types.h>

struct apic {
	u32 id;
	u64 base_msr; /* IA32_APIC_BASE */
	u32 irr[8], isr[8], tmr[8];
	u32 tpr, ldr, dfr, svr, esr, icr_high, icr_low;
	u32 lvt_timer, lvt_thermal, lvt_performance, lvt_lint0, lvt_lint1, lvt_error;
	u32 timer_initial, timer_divide;
	u64 timer_started; /* TSC at the last start */
	u64 deadline;      /* TSC at which the timer fires, 0 for never */
};
