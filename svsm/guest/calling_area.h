/* SPDX-License-Identifier: MIT */
/* The first bytes of a calling area, through an open window. SVSM (58019), chapter 4. */
#pragma once

#include <copra/svsm.h>

/* Reads call_pending once and clears it when it was set; the other bytes are the guest's. True when a call was pending. */
static inline bool calling_area_take(struct svsm_calling_area *area)
{
	volatile u8 *pending = &area->call_pending;
	if (*pending == 0) {
		return false;
	}
	*pending = 0;
	return true;
}
