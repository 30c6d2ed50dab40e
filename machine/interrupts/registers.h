/* SPDX-License-Identifier: MIT */
/* Register accesses of guests to their local APIC, from the GHCB's MSR and MMIO events. */
#pragma once

#include "cpu/vcpu.h"

#define MSR_APIC_BASE 0x1BU
#define MSR_TSC_DEADLINE 0x6E0U
#define MSR_X2APIC_FIRST 0x800U
#define MSR_X2APIC_LAST 0x83FU

/* xAPIC page: 32-bit accesses at 16-byte steps; others read 0 and write nothing. */
u32 interrupts_mmio_read(struct vcpu *vcpu, u32 offset);
void interrupts_mmio_write(struct vcpu *vcpu, u32 offset, u32 value);

/* The MSRs above. False: #GP. */
bool interrupts_msr_read(struct vcpu *vcpu, u32 msr, u64 *value);
bool interrupts_msr_write(struct vcpu *vcpu, u32 msr, u64 value);
