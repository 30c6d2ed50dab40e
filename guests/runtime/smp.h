/* SPDX-License-Identifier: MIT */
/*
 * The other CPUs of a program: found and made by CREATE_VCPU, run by the host's AP creation. Each waits for work in a loop and
 * calls the SVSM by itself while it has some. Index 0 is the CPU that the program began on; only that one uses this header.
 */
#pragma once

#include <copra/vmsa.h>

#include "base/compiler.h"
#include "runtime/cpu.h"

typedef void smp_work_fn(void *argument);

/* What the SVSM's secrets page and SEV_STATUS say of every vCPU. To be called first. */
void smp_describe(u32 vmpl, u64 features);
u32 smp_vmpl(void);
u64 smp_features(void);

/* Asks the SVSM for which APIC IDs below 64 it takes a VMSA. Returns how many CPUs there are, ours included, at most GUEST_CPUS. */
u32 smp_find(void);
u32 smp_count(void);

/* CPUs beyond that: their APIC IDs, for vCPUs that nobody runs. Returns how many, at most SMP_SPARES. */
#define SMP_SPARES 4U
u32 smp_spares(u32 *apic_ids);
u32 smp_apic_id(u32 index);

/* The VMSA and calling area that smp_start uses for that CPU: ordinary pages of ours while it is not started. */
u64 smp_vmsa(u32 index);
u64 smp_area(u32 index);

/* Fills any page as a VMSA from which that CPU starts. */
void smp_fill(u64 vmsa, u32 index);

/* CREATE_VCPU, AP creation, and waits until it works. False when one of them does not. */
bool smp_start(u32 index);
/* The same with a VMSA elsewhere; for a CPU that may run already. */
bool smp_start_from(u32 index, u64 vmsa, u64 area);
/* Has the host run it no more, DELETE_VCPU. RAX of that. */
u64 smp_stop(u32 index);

/* Gives an idle CPU something to do; smp_wait waits until it is done and is false when that takes too long. */
void smp_begin(u32 index, smp_work_fn *work, void *argument);
bool smp_wait(u32 index);

/* Counts while the CPU is idle: it runs as long as this changes. */
u64 smp_beats(u32 index);

/* Where a CPU begins, on a stack of its own. */
noreturn_fn void smp_main(void);

/* Below, what differs between a guest and the host's model of one */

/* The two pages of smp_vmsa and smp_area. */
u64 smp_pages(u32 index);
void smp_fill_registers(volatile struct vmsa *vmsa, u32 index);
/* One turn of a wait. */
void smp_relax(void);
/* False where CPUs are only played: one that must not run any more does all the same. */
bool smp_is_real(void);
