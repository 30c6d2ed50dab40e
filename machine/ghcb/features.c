/* SPDX-License-Identifier: MIT */
#include "ghcb/features.h"

#include <copra/ghcb.h>
#include <copra/sev.h>

#include "context/vmrun.h"
#include "options.h"

u64 ghcb_features(void)
{
	const u64 offered = GHCB_FEATURE_SNP | GHCB_FEATURE_AP_CREATION | GHCB_FEATURE_RESTRICTED_INJECTION |
			    GHCB_FEATURE_APIC_ID_LIST | GHCB_FEATURE_MULTI_VMPL;
	return offered & ~options_get()->withheld_features;
}

u64 ghcb_sev_features(void)
{
	bool restricted = ghcb_offers(GHCB_FEATURE_RESTRICTED_INJECTION);
	return VMRUN_FEATURES_ALLOWED & ~(restricted ? 0 : SEV_FEATURE_RESTRICTED_INJECTION);
}
