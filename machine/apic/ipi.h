/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/vcpu.h"

/* Carries out an interrupt command (x2APIC layout) of that VMPL's APIC. IPIs stay within the sender's VMPL. */
void ipi_send(struct vcpu *sender, u32 vmpl, u64 icr);
