/* SPDX-License-Identifier: MIT */
/*
 * The registers of a context on their way between its VMSA and the processor. General registers: run/enter.S. x87, SSE and debug
 * address registers stay loaded until another VMSA runs on the CPU; then the old one is brought up to date.
 */
#pragma once

#include "cpu/cpu.h"

/* Intercepts and maps, once per CPU. ERR_NO_MEMORY. */
err_t state_setup(struct cpu *cpu);

/* VMSA to control block, all that VMRUN and VMLOAD read. */
void state_load(struct cpu *cpu, const struct vmsa *vmsa);

/* Control block to VMSA, after an exit. */
void state_store(const struct cpu *cpu, struct vmsa *vmsa);

/* Makes the rarely switched registers those of this VMSA. NULL: stores the present owner's and leaves none. */
void state_own(struct cpu *cpu, struct vmsa *vmsa);

/*
 * Bits of CR4 that mean nothing to the machine are made those of the guest. QEMU's emulation forgets all translations when one of
 * them changes, at VMRUN and at #VMEXIT.
 */
void state_follow_cr4(struct cpu *cpu, const struct vmsa *vmsa);

/* TSC_AUX as the VMSA says. */
void state_load_tsc_aux(const struct vmsa *vmsa);
