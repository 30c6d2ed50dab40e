/* SPDX-License-Identifier: MIT */
/*
 * The loop of a CPU: run the guest, take its call, answer. The null call is the hot path: VMSA and calling area stay mapped in
 * their window slots while they do not change.
 */
#pragma once

#include <copra/svsm.h>
#include <copra/vmsa.h>

#include "base/err.h"
#include "guest/budget.h"
#include "guest/vcpu.h"

/* Registers of a call: what the guest passed, and what it gets back. protocol/ changes only what its call answers with. */
struct request {
	u64 rax, rcx, rdx, r8, r9;
	struct vcpu *vcpu;
	u8 *scratch; /* REQUEST_SCRATCH bytes, private, of this CPU */
	struct budget budget;
};
#define REQUEST_SCRATCH 4096U

/* One per CPU, zeroed, in private memory; about 4.2 KiB. */
struct request_cpu {
	struct vcpu *vcpu;
	u64 generation; /* of what is mapped; 0: nothing is */
	u32 longest;    /* the most that a call has spent of its budget */
	struct vmsa *vmsa;
	struct svsm_calling_area *calling_area;
	u8 scratch[REQUEST_SCRATCH];
};

/*
 * Serves the guest on this CPU until it cannot be run any more: returns the error of platform_guest_run, or ERR_NOT_FOUND when the
 * CPU's APIC ID is none of the guest's.
 */
err_t request_loop(struct request_cpu *cpu);
