/* SPDX-License-Identifier: MIT */
/* A quote: the TPM's word for what its PCRs hold. TPM 2.0 Library, part 2: TPMS_ATTEST, TPMT_SIGNATURE */
#pragma once

#include "base/span.h"
#include "verify/verdict.h"

struct quote {
	struct span attest;
	struct span signature;
	struct span key; /* PEM */
	struct span log; /* NULL: none */
	u32 pcrs;        /* bit map of those that it has to cover; 0: QUOTE_PCRS, and those of the log */
};

#define QUOTE_PCRS 0xFFU /* what firmware measures into. PC Client Platform Firmware Profile, section 3.3.4 */

/* A list like "0,4,7" or "0-7", not empty. False when it is none. */
bool quote_pcrs_read(const char *list, u32 *pcrs);

/* Who signed it, for which nonce, over which PCRs; each check is noted. */
void quote_check(const struct quote *quote, struct span nonce, struct verdict *verdict);
