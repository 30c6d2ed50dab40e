/* SPDX-License-Identifier: MIT */
/* One piece of evidence, what is demanded of it, and the checks of the report. SEV-SNP Firmware ABI (56860), chapter 7.3 */
#pragma once

#include <copra/psp.h>

#include "verify/chain.h"

struct evidence {
	struct span report;       /* the report alone, or the answer to a report request around it */
	struct span manifest;     /* NULL: none */
	struct span nonce;        /* NULL: none */
	struct span certificates; /* a table as extended guest requests return it */
};

struct demands {
	bool skip[CHECK_COUNT];
	bool has_policy, has_id_key;
	u8 digest[LAUNCH_DIGEST_SIZE]; /* of the IGVM file */
	u64 policy;                    /* of the IGVM file */
	u8 id_key_digest[LAUNCH_DIGEST_SIZE];
	u64 tcb_floor;
	u32 vmpl;
	bool allow_debug, allow_migration;
	struct span ek; /* public area that the TPM says it has; NULL: none */
	u32 pcrs;       /* of a quote; 0: none in particular (verify/quote.h) */
};

/* Finds the report in what was given. False with CHECK_FORMAT noted. */
bool evidence_report(struct span given, struct attestation_report *report, struct verdict *verdict);

/* Everything about the report itself; each check is noted. vcek: of the chain, whether that holds or not. */
void evidence_check(const struct evidence *evidence, const struct demands *demands, const struct certificate *vcek,
		    struct verdict *verdict);
