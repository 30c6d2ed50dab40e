/* SPDX-License-Identifier: MIT */
/*
 * Device interrupts: they arrive at this CPU's real local APIC and go to the APIC of one VMPL. The real end of a level
 * interrupt waits for the guest's, so that the IOAPIC does not send it again meanwhile.
 */
#pragma once

#include "cpu/vcpu.h"

/* The VMPL that device interrupts of this vCPU go to: the highest-numbered one that has a VMSA. */
u32 level_vmpl(const struct vcpu *vcpu);

/* A vector arrived that is not the machine's own: passes it on. */
void level_arrive(struct vcpu *vcpu, u32 vector);

/* The guest has ended it. */
void level_end(struct vcpu *vcpu, u32 vector);
