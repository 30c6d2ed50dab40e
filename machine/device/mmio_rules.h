/* SPDX-License-Identifier: MIT */
/* Whose the addresses are that are no RAM. Pure. Intel SDM volume 3, section 11.11: messages and local APIC share their addresses. */
#pragma once

#include "base/addr.h"

#define MMIO_MESSAGES_START 0xFEE00000ULL
#define MMIO_MESSAGES_SIZE 0x100000ULL

/* The access begins in the page of the local APIC, which is emulated. */
bool mmio_is_apic(gpa_t address);

/*
 * A part of the access lies where the processor beneath takes writes for message-signalled interrupts: one with the delivery mode SMI or
 * INIT would take the machine over.
 */
bool mmio_touches_messages(gpa_t address, u32 size);

bool mmio_touches_ioapic(gpa_t address, u32 size);
