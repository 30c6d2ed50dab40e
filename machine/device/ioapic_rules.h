/* SPDX-License-Identifier: MIT */
/*
 * An I/O APIC delivers to the machine's processor, not to the guest: an SMI or INIT from there would end the machine or take it
 * over. Entries with such delivery modes are masked on their way. Pure.
 */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

#define IOAPIC_ADDRESS 0xFEC00000ULL
#define IOAPIC_SIZE 0x1000ULL
#define IOAPIC_SELECT 0x00U /* offsets of its registers */
#define IOAPIC_DATA 0x10U
#define IOAPIC_END 0x40U

/* A value written to the data register while `selected` is selected; may come back masked. False when it was changed. */
bool ioapic_entry_permitted(u8 selected, u32 *value);
