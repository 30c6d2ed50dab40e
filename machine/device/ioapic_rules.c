/* SPDX-License-Identifier: MIT */
/* Intel 82093AA datasheet, section 3.2.4: redirection table. */
#include "device/ioapic_rules.h"

#define ENTRIES_FIRST 0x10U /* two registers each, low half first */
#define DELIVERY_MODE(value) ((value) >> 8 & 7U)
#define MODE_FIXED 0U
#define MODE_LOWEST 1U
#define MODE_EXTERNAL 7U
#define MASKED (1U << 16)

bool ioapic_entry_permitted(u8 selected, u32 *value)
{
	if (selected < ENTRIES_FIRST || (selected & 1U) != 0 || (*value & MASKED) != 0) {
		return true;
	}
	u32 mode = DELIVERY_MODE(*value);
	if (mode == MODE_FIXED || mode == MODE_LOWEST || mode == MODE_EXTERNAL) {
		return true;
	}
	*value |= MASKED;
	return false;
}
