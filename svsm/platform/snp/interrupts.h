/* SPDX-License-Identifier: MIT */
/*
 * The SVSM's own interrupts: which vectors there are, and whether there are any. They need restricted injection from the processor
 * (SEV_STATUS) and doorbell, IPIs and x2APIC from the host; where one is missing the SVSM runs without.
 */
#pragma once

#include "base/err.h"

/* On the boot CPU: asks the host for an x2APIC where there is a doorbell. Where there is none, interrupts stay off. */
void interrupts_begin(void);
/* On another CPU. ERR_HOST when it has no x2APIC though the boot CPU has. */
err_t interrupts_join(void);
