/* SPDX-License-Identifier: MIT */
#include "ghcb/features.h"

#include <copra/ghcb.h>

#include "options.h"

u64 ghcb_features(void)
{
	const u64 offered = GHCB_FEATURE_SNP | GHCB_FEATURE_AP_CREATION | GHCB_FEATURE_RESTRICTED_INJECTION |
			    GHCB_FEATURE_APIC_ID_LIST | GHCB_FEATURE_MULTI_VMPL;
	return offered & ~options_get()->withheld_features;
}
