/* SPDX-License-Identifier: MIT */
/* Ports by which the guest ends the machine: ACPI power-off, resets. They reach QEMU after the end record. */
#pragma once

#include "cpu/vcpu.h"

#define POWER_PM_TIMER 0x08U

/* I/O base of the ICH9 power-management registers, from its PCI configuration. */
u16 power_pm_base(void);

/*
 * Looks at a write before it is performed. Writes the end record when QEMU will end by it. False: the write must not be
 * performed (a sleep state that this machine does not have).
 */
bool power_watch_write(struct vcpu *vcpu, u16 port, u32 size, u32 value);
