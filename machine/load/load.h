/* SPDX-License-Identifier: MIT */
/* Loads an IGVM file the way a host and its PSP do. */
#pragma once

#include <copra/psp.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/span.h"

struct load_result {
	gpa_t vmsa; /* of the first vCPU, VMPL0 */
	u64 sev_features;
	u64 policy;
	u8 digest[LAUNCH_DIGEST_SIZE];
	u64 pages;
};

/*
 * Checks the file, places and measures its pages, fills CPUID, secrets and parameter pages, sets the RMP. Every error is
 * traced with its reason (event load-error) and nothing is run then.
 */
err_t load_igvm(struct span file, struct load_result *result);
