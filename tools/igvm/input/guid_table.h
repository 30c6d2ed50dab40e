/* SPDX-License-Identifier: MIT */
/*
 * The GUIDed table at the end of an OVMF image (edk2, OvmfPkg/ResetVector/Ia16/ResetVectorVtf0.asm). Entries stand before
 * the footer, read backwards: data, u16 length of the whole entry, GUID.
 */
#pragma once

#include "base/span.h"

struct guid_table {
	bool has_sev_metadata;
	bool has_igvm_metadata;
	u32 sev_metadata; /* bytes from its start to the image's end */
	u32 igvm_metadata;
};

/* ERR_NOT_FOUND: the image has no such table; ERR_INPUT: it is malformed; *what says why. */
err_t guid_table_open(struct span image, struct guid_table *table, const char **what);
