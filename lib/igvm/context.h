/* SPDX-License-Identifier: MIT */
/* What a processor's context holds besides a VMSA: the register list of VSM. */
#pragma once

#include "igvm/igvm.h"

/* Registers in the list at `list`, which may be longer than the list; never more than there is room for. */
u32 igvm_vbs_count(struct span list);
/* The register; false past the end of the bytes */
bool igvm_vbs_register(struct span list, u32 index, struct igvm_vbs_register *out);

/* Bytes of data that a context has in the file */
u32 igvm_context_size(const struct igvm_file *file, const struct igvm_vhs_vp_context *context, u8 platform_type);
