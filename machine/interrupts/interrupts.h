/* SPDX-License-Identifier: MIT */
/* What a vCPU is interrupted by, and when: the run loop asks at each entry and tells at each exit. */
#pragma once

#include "cpu/vcpu.h"

/*
 * Once per CPU, on that CPU, before its first entry, after options_read: puts the real local APIC into the state the run loop
 * needs (enabled, xAPIC, the machine's timer vector) and resets the emulated ones. The first CPU also masks the PICs.
 */
void interrupts_start(struct vcpu *vcpu);

/*
 * Called with interrupts off before every entry: takes what is due for the current context and says what to
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
