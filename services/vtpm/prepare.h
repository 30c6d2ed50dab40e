/* SPDX-License-Identifier: MIT */
/* TPM commands of the service's own, before it serves: start, self-test, endorsement key. TPM 2.0 library, part 3. */
#pragma once

#include "vtpm/tpm.h"

/* A public area, TPMT_PUBLIC; that of an ECC P-256 key has 122 bytes. */
#define PUBLIC_AREA_MAX 256U

struct public_area {
	u8 bytes[PUBLIC_AREA_MAX];
	u32 size;
};

/* TPM2_Startup(CLEAR), and TPM2_SelfTest of everything. */
tpm_trouble_t prepare_started(void);

/*
 * Makes the primary key of the endorsement hierarchy by template L-2, ECC NIST P-256 (TCG EK Credential Profile 2.5, B.4.4), keeps its
 * public area and lets go of it again. Whoever makes it anew from the same template gets the same key.
 */
tpm_trouble_t prepare_endorsement_key(struct public_area *area);

/*
 * Extends every PCR that cannot be reset (0 to 15) by a fixed digest, in each bank: from then on no sequence of measurements leads to
 * the values of a boot.
 */
tpm_trouble_t prepare_spoiled(void);
