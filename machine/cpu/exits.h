/* SPDX-License-Identifier: MIT */
/* What the run loop asks of the rest of the host; one call an exit. */
#pragma once

#include "cpu/vcpu.h"

/* VMGEXIT: the GHCB MSR of the current context tells what is wanted (ghcb/). RIP already points behind it. */
void ghcb_exit(struct vcpu *vcpu);

/*
 * Called with interrupts off before every entry (apic/): takes what is due for the current context and says what to
 * inject. May switch contexts (events for VMPL0). Returns an EVENTINJ word to inject now, or 0; sets *window when an
 * interrupt waits for the guest to open its window (V_IRQ is then used with the vector in *vector).
 */
struct interrupt_entry {
	u64 inject;  /* EVENTINJ, 0 for none */
	bool window; /* request an interrupt window: V_IRQ with `vector` */
	u8 vector;
};
void interrupts_before_entry(struct vcpu *vcpu, struct interrupt_entry *entry);
/* Called after an exit: taken says whether V_IRQ was consumed by the guest. */
void interrupts_after_exit(struct vcpu *vcpu, const struct interrupt_entry *entry, bool taken);
/* True when a halted context has something to wake up for. */
bool interrupts_pending(struct vcpu *vcpu);
/* An interrupt arrived at this CPU's real local APIC with that vector; called from the machine's IDT with IF=0. */
void interrupts_device(struct vcpu *vcpu, u8 vector);

/*
 * MSR and CPUID instructions never come here from an SNP guest but as #VC; the few exits that the host of real hardware
 * sees directly: HLT (the run loop's own), INTR, NMI, SHUTDOWN, NPF.
 */

/* The context shut down (triple fault) or cannot be run: ends the machine with a record of why. */
noreturn_fn void machine_end_shutdown(struct vcpu *vcpu, const char *why);
