/* SPDX-License-Identifier: MIT */
/* The processor's own local APIC, in xAPIC mode. Needs memory_device for its page. */
#pragma once

#include "apic/apic.h"

/* Vectors that the machine keeps for itself. */
#define INTERRUPT_VECTOR_TIMER 0xFEU
#define INTERRUPT_VECTOR_SPURIOUS 0xFFU

/* Offsets as in its MMIO page. */
u32 real_apic_read(u32 offset);
void real_apic_write(u32 offset, u32 value);
/* Sends an interrupt command (low half of the ICR) to the CPU with that APIC ID, after the one before has gone: INIT, SIPI, kicks. */
void real_apic_send(u32 apic_id, u32 command);

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
