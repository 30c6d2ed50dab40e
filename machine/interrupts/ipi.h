/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/vcpu.h"

struct ipi {
	const struct vcpu *sender;
	u32 vmpl;    /* whose APICs: IPIs stay within the sender's VMPL */
	bool x2apic; /* the destination is one of x2APIC mode, where 0xFFFFFFFF is everybody */
	u64 icr;     /* interrupt command, destination in bits 63:32 */
};

/* Carries out an interrupt command. */
void ipi_send(const struct ipi *ipi);
