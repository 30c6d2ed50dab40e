/* SPDX-License-Identifier: MIT */
/* The first bytes of a calling area, through an open window. SVSM (58019), chapter 5. */
#pragma once

#include <copra/svsm.h>

#include "platform/platform.h"

/*
 * Reads call_pending once into *pending and clears it when it was set; the other bytes are the guest's. True when a call was pending:
 * none is in an area that the host has taken away.
 */
static inline bool calling_area_take(struct svsm_calling_area *area, u8 *pending)
{
	const u8 none = 0;
	*pending = 0;
	return platform_window_read(pending, &area->call_pending, sizeof(*pending)) == ERR_OK && *pending != 0 &&
	       platform_window_write(&area->call_pending, &none, sizeof(none)) == ERR_OK;
}
