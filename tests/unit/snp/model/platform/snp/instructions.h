/* SPDX-License-Identifier: MIT */
/* Stands in for svsm/platform/snp/instructions.h. */
#pragma once

#include "snp/host_model.h"

static inline void vmgexit(void)
{
	model_vmgexit();
}

static inline u32 pvalidate(const void *address, u32 size, u32 validate, bool *unchanged)
{
	return model_pvalidate(address, size, validate, unchanged);
}

static inline u32 rmpadjust(const void *address, u32 size, u64 attributes)
{
	return model_rmpadjust(address, size, attributes);
}

static inline void invlpgb_all(void)
{
	model.flushes++;
}

static inline void tlbsync(void)
{
	model.syncs++;
}
