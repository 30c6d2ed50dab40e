/* SPDX-License-Identifier: MIT */
/* What the run loop asks of the rest of the host; one call an exit. */
#pragma once

#include "cpu/vcpu.h"

struct cpu;

/* Hands the exit that the control block describes to its handler (exit/), in the context whose registers are in its VMSA. */
void exit_handle(struct cpu *cpu);

/*
 * Once per CPU, on that CPU, before its first entry, after options_read: puts the real local APIC into the state the run loop
 * needs (enabled, xAPIC, the machine's timer vector) and resets the emulated ones. The first CPU also masks the PICs and
 * calibrates the clocks. Needs memory_device for the real APIC's page.
 */
void interrupts_start(struct vcpu *vcpu);

/* The real local APIC of this CPU, for INIT, SIPI and kicks; offsets as in its MMIO page. */
u32 real_apic_read(u32 offset);
void real_apic_write(u32 offset, u32 value);
/* Sends an interrupt command (low half of the ICR) to the CPU with that APIC ID, after the one before has gone. */
void real_apic_send(u32 apic_id, u32 command);

/* Vectors of the real local APIC that the machine keeps for itself; the IDT sends them to interrupts_device as well. */
#define INTERRUPT_VECTOR_TIMER 0xFEU
#define INTERRUPT_VECTOR_SPURIOUS 0xFFU

/* VMGEXIT: the GHCB MSR of the current context tells what is wanted (ghcb/). RIP already points behind it. */
void ghcb_exit(struct vcpu *vcpu);

/*
 * Called with interrupts off before every entry (apic/): takes what is due for the current context and says what to
 * inject. May switch contexts (events for VMPL0). Returns an EVENTINJ word to inject now, or 0; sets *window when an
 * interrupt waits for the guest to open its window (V_IRQ is then used with the vector in *vector).
 * vmpl_context.pending_event goes out through `inject` here and is cleared. Ordinary interrupts always go out through the
 * window, V_TPR = apic.tpr >> 4; CR8 and apic.tpr are one register, which the run loop keeps the same.
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
