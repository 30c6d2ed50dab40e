/* SPDX-License-Identifier: MIT */
#pragma once

#include <copra/types.h>

/* What this host offers (GHCB 56421, hypervisor features), less what the options withhold. */
u64 ghcb_features(void);

/* Which SEV_FEATURES a VMSA may have here. */
u64 ghcb_sev_features(void);

static inline bool ghcb_offers(u64 feature)
{
	return (ghcb_features() & feature) == feature;
}
