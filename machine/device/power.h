/* SPDX-License-Identifier: MIT */
/* Ports by which the guest ends the machine: ACPI power-off, resets. They reach QEMU after the end record. */
#pragma once

#include "cpu/vcpu.h"

/* Port of the ACPI power-management timer. */
u16 power_pm_timer(void);

/* I/O base of the ICH9 power-management registers, from its PCI configuration: read once, before a guest could move it. */
u16 power_watched_base(void);

/* What a write to a port means for the machine. */
enum power_write {
	POWER_NOTHING, /* a write like any other */
	POWER_REFUSED, /* must not be performed: a sleep state that this machine does not have */
	POWER_END,     /* QEMU ends by it; the end record has been written. The guest does not run on */
};

enum power_write power_watch_write(struct vcpu *vcpu, u16 port, u32 size, u32 value);
