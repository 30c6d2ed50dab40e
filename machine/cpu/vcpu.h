/* SPDX-License-Identifier: MIT */
/*
 * A virtual CPU: the contexts of its VMPLs, of which one runs at a time. The run loop (run/run.c) enters the current
 * context's VMSA, stores every register back there on exit and hands the exit on.
 */
#pragma once

#include <copra/ghcb.h>
#include <copra/sev.h>
#include <copra/vmsa.h>

#include "apic/apic.h"
#include "base/addr.h"
#include "cpu/counters.h"

#define VCPU_MAX 64U
#define VCPU_GHCB_NONE UINT64_MAX

enum context_state {
	CONTEXT_ABSENT,  /* no VMSA */
	CONTEXT_PENDING, /* create-on-INIT: a VMSA that becomes active at INIT or at the first run-VMPL */
	CONTEXT_READY,
	CONTEXT_HALTED,  /* HLT: wakes for an interrupt or event of this context */
	CONTEXT_WAITING, /* AP reset hold: wakes for INIT/SIPI */
	CONTEXT_STOPPED, /* destroyed, or its VMSA was refused */
};

struct cpu;

struct vmpl_context {
	enum context_state state;
	gpa_t vmsa;
	struct vmsa *registers; /* the machine's pointer to that page */
	u64 ghcb_msr;           /* MSR 0xC0010130; survives a second AP creation */
	u64 ghcb_registered;    /* GPA, VCPU_GHCB_NONE when none is */
	u64 doorbell;           /* GPA of the #HV doorbell page, VCPU_GHCB_NONE when none is */
	u64 sev_features;       /* of its VMSA, as checked at creation */
	u64 pending_event;      /* EVENTINJ word for the next entry, 0 for none (reinjection, #HV, NMI) */
	bool signal_again;      /* a fault of the plan: #HV comes a second time */
	bool woken;             /* AP reset hold ended: the answer is due before the next entry */
	struct apic apic;
	struct counters counters;
};

struct vcpu {
	u32 index;
	u32 apic_id;
	u32 vmpl; /* the context that runs, or ran last */
	struct vmpl_context context[VMPL_COUNT];
	bool stop; /* leave the run loop */
};

/* GHCB (56421), section 2.3.1: what the GHCB MSR holds before the guest writes it, and whenever it asks. */
u64 vcpu_sev_info(void);

/* Makes the vCPU that this CPU runs; all its contexts are absent. */
void vcpu_start(struct cpu *cpu);

u32 vcpu_count(void);
struct vcpu *vcpu_at(u32 index);           /* index < vcpu_count() */
struct vcpu *vcpu_by_apic_id(u32 apic_id); /* NULL when there is none */
struct vcpu *vcpu_current(void);           /* of the CPU we run on */

/*
 * From one state to another, if it still is in the first. Nobody writes a state but by this and context/attach.h: another
 * CPU may take the VMSA away at any moment, and what its own CPU meant to do with it then is void.
 */
static inline bool context_move(struct vmpl_context *context, enum context_state from, enum context_state to)
{
	return __atomic_compare_exchange_n(&context->state, &from, to, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
}

static inline struct vmpl_context *vcpu_context(struct vcpu *vcpu)
{
	return &vcpu->context[vcpu->vmpl];
}

/* The registers of the current context. Valid in exit handlers; changes take effect at the next entry. NULL before it ever had any. */
static inline struct vmsa *vcpu_vmsa(const struct vcpu *vcpu)
{
	return vcpu->context[vcpu->vmpl].registers;
}

/*
 * Brings the x87, SSE and debug registers of this CPU's context into its VMSA, where they otherwise arrive only when another
 * context runs. To be called before host code that uses SSE.
 */
void vcpu_store_fpu(void);

/* In the run loop: this CPU lets go of what it still has of a context that was detached meanwhile. */
void vcpu_release(struct cpu *cpu);

/* Makes a vCPU on another CPU leave the guest, or its halt, and look at its state again. Harmless when it is our own. */
void vcpu_kick(struct vcpu *vcpu);

/* Puts an exception into the current context at its next entry; #VC frames are built in software. */
void vcpu_inject_exception(struct vcpu *vcpu, u32 vector, bool has_error_code, u32 error_code);
