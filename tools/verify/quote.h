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
};

/* Who signed it, for which nonce, over which PCRs; each check is noted. */
void quote_check(const struct quote *quote, struct span nonce, struct verdict *verdict);
