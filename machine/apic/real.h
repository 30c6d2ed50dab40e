/* SPDX-License-Identifier: MIT */
/* The processor's own local APIC, in xAPIC mode. Registers: real_apic_read and _write in cpu/exits.h. */
#pragma once

#include "apic/apic.h"

/* Enabled, timer stopped, everything else masked. On each CPU. */
void real_apic_start(void);

/* About the vector that just arrived. Not in service: it came from the PIC. */
bool real_apic_in_service(u32 vector);
bool real_apic_is_level(u32 vector);
/* The vector that the next end of interrupt ends; APIC_NO_VECTOR for none. */
u32 real_apic_top(void);
void real_apic_end(void);

/* One timer interrupt after so many counts; 0 stops it. */
void real_apic_arm(u32 counts);

/* Takes logical destination and LINT0 over from the APIC that gets this CPU's device interrupts. */
void real_apic_route(const struct apic *apic);
