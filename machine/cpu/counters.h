/* SPDX-License-Identifier: MIT */
/* What one VMPL of one vCPU did. Printed as counter records at the end (docs/trace.md). */
#pragma once

#include <copra/types.h>

#define COUNTERS_EXIT_CODES 0x90U

struct counters {
	u64 ticks;           /* TSC ticks inside the guest; under instruction counting these are instructions */
	u64 own_ticks;       /* those in which no other CPU had its turn (run/turns.h) */
	u64 longest_absence; /* of VMPL0: the most of them between two entries of a lower VMPL on its CPU */
	u64 entries;
	u64 exits[COUNTERS_EXIT_CODES]; /* by exit code below 0x90 */
	u64 nested_faults;
	u64 vc_exceptions;
	u64 vmgexits_msr, vmgexits_ghcb, vmgexits_refused;
	u64 run_vmpl;
	u64 page_state_changes; /* pages */
	u64 pvalidates, rmpadjusts, rmpqueries;
	u64 interrupts, hv_signals;
	u64 interrupts_timer, interrupts_device, interrupts_ipi, interrupts_nmi; /* arrived at its APIC */
	u64 interrupts_merged, interrupts_lost, interrupts_taken;                /* and what became of them */
};
