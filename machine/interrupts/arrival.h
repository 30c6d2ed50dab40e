/* SPDX-License-Identifier: MIT */
/*
 * Interrupts on their way into the local APIC of one VMPL, counted by kind. What is delivered is what arrived less what was
 * merged or lost, so that a test can account for each of them (counters in docs/trace.md).
 */
#pragma once

#include "cpu/vcpu.h"

enum arrival_kind {
	ARRIVAL_TIMER,  /* the APIC's own timer */
	ARRIVAL_DEVICE, /* from the real APIC: I/O APIC, MSI */
	ARRIVAL_IPI,
};

/* From any CPU. False: the APIC does not take it, it is lost. */
bool arrival_post(struct vmpl_context *context, enum arrival_kind kind, u32 vector, bool level);

/* The processor took a vector that was presented, or it did not. */
void arrival_taken(struct vmpl_context *context, u32 vector);
void arrival_withdrawn(struct vmpl_context *context, u32 vector);

/* An interrupt that waited was forgotten. */
void arrival_forgotten(struct vmpl_context *context);
