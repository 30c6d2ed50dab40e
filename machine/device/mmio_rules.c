/* SPDX-License-Identifier: MIT */
#include "device/mmio_rules.h"

#include "base/range.h"
#include "device/ioapic_rules.h"

bool mmio_is_apic(gpa_t address)
{
	return gpa_page(address).raw == MMIO_MESSAGES_START;
}

bool mmio_touches_messages(gpa_t address, u32 size)
{
	return range_overlaps(address.raw, size, MMIO_MESSAGES_START, MMIO_MESSAGES_SIZE);
}

bool mmio_touches_ioapic(gpa_t address, u32 size)
{
	return range_overlaps(address.raw, size, IOAPIC_ADDRESS, IOAPIC_SIZE);
}
