/* SPDX-License-Identifier: MIT */
/* One processor of the machine: what the hardware wants of the host, and the way to make other processors listen. */
#pragma once

#include <copra/sev.h>
#include <copra/vmsa.h>

#include "base/err.h"
#include "cpu/vmcb.h"
#include "x86/control.h"
#include "x86/lock.h"
#include "x86/self.h"

#define CPU_MAX 64U
#define CPU_STACK_SIZE 32768U

struct vcpu;

struct task_state {
	u32 reserved_00;
	u64 rsp[3];
	u64 reserved_1c;
	u64 ist[7];
	u64 reserved_5c;
	u16 reserved_64;
	u16 io_map;
} packed;
LAYOUT_SIZE(struct task_state, 104);

struct cpu {
	struct cpu *self; /* GS:0 */
	u32 index;
	u32 apic_id;
	struct vcpu *vcpu;
	u64 in_guest;           /* set around VMRUN */
	u64 generation;         /* of the nested tables, when this CPU last flushed */
	u64 canary;             /* FS:0x28, where compilers look for it */
	u64 kicked;             /* an NMI came since the last look */
	struct vmcb *vmcb;      /* the guest's */
	struct vmcb *host_vmcb; /* what VMLOAD brings back */
	u64 vmcb_physical, host_vmcb_physical;
	struct vmsa *entered;      /* the VMSA that the run loop is working with */
	struct vmsa *fpu_owner;    /* whose x87, SSE and debug registers are loaded; NULL for nobody's */
	u64 int_state[VMPL_COUNT]; /* interrupt shadow of each context, from its last exit */
	u32 tsc_aux;               /* that is loaded */
	u64 cr4;                   /* likewise */
	u64 cr4_follows;           /* bits of it that are made those of the guest (state.h) */
	u64 runs;                  /* entries so far: in_guest counts up */
	u64 absence;               /* ticks of VMPL0 since a lower VMPL ran (run/turns.h) */
	bool absence_shared;       /* another CPU had its turn in that time */
	bool lower_ran;            /* a lower VMPL ran at all */
	u64 gdt[8];
	struct task_state task_state;
};
LAYOUT_AT(struct cpu, canary, 0x28);

static inline struct cpu *cpu_current(void)
{
	return gs_self();
}

/* Sets up the CPU we run on: segments, stacks for traps, SVM. ERR_UNSUPPORTED without SVM and nested paging. */
err_t cpu_start(u32 index);

/* Number of CPUs that cpu_start has set up. */
u32 cpu_count(void);
struct cpu *cpu_at(u32 index);

/* Without paging, and with tables too narrow for a C-bit, all accesses are private; so are those of a guest without one (cpu/plain.h). */
static inline bool cpu_wants_flat_root(const struct vmsa *vmsa)
{
	return vmsa->sev_features == 0 || (vmsa->cr0 & CR0_PG) == 0 || (vmsa->cr4 & CR4_PAE) == 0;
}

/* Sends an NMI, which ends a guest's run or a halt. */
void cpu_kick(const struct cpu *cpu);

/* Returns once every other CPU that was in a guest has left it. */
void cpu_leave_guests(void);
