/* SPDX-License-Identifier: MIT */
/* A hostile host injects an event into VMPL0. */
#pragma once

#include "cpu/vcpu.h"
#include "interrupts/interrupts.h"

/*
 * Before each entry: FAULT_INJECT and FAULT_INJECT_USER, which may change VMSA and entry. False: VMRUN refuses the event, as the VMPL
 * takes nothing but #HV (APM volume 2, section 15.36.16).
 */
bool inject_before_entry(struct vcpu *vcpu, struct interrupt_entry *entry);
