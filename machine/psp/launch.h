/* SPDX-License-Identifier: MIT */
/* The launch commands of the PSP: SEV-SNP Firmware ABI (56860), SNP_LAUNCH_START, _UPDATE, _FINISH; digest: 8.17.2. */
#pragma once

#include <copra/psp.h>

#include "base/addr.h"
#include "base/err.h"
#include "psp/crypto.h"
#include "psp/guest.h"

/* What the launch made: for guest requests. */
struct psp_guest *psp_launched(void);

/* ERR_INPUT: the guest policy has a reserved bit, lacks the bit that must be one, or asks for a newer ABI. */
err_t psp_launch_start(u64 policy);

/* An ID block with its signatures, as the host hands them over at the end. */
struct psp_id_auth {
	struct id_block block;
	u32 key_algorithm, author_algorithm;
	bool author_key;
	struct psp_public_key key, author;
	struct ecdsa_signature signature, author_signature;
};

/*
 * Ends the launch; auth is NULL without an ID block. PSP_SUCCESS, or PSP_BAD_MEASUREMENT (digest), PSP_POLICY_FAILURE,
 * PSP_BAD_SIGNATURE (also algorithms and curves other than P-384), PSP_INVALID_PARAMETER (the block's version).
 */
u32 psp_launch_finish(const struct psp_id_auth *auth);

/*
 * Measures the page as it lies in memory, as PAGE_TYPE_*, at the guest-physical address `measured` (that of the page
 * but for host-made VMSAs), and makes it Guest-Valid for VMPL0. Errors of rmp_launch.
 */
err_t psp_launch_update(gpa_t page, u8 page_type, u64 measured);

/* The digest so far. */
void psp_launch_digest(u8 digest[LAUNCH_DIGEST_SIZE]);

/* Fills a secrets page; the keys are those of this launch, made when the first is filled. ERR_HARDWARE: the processor's random numbers failed. */
err_t psp_secrets_fill(struct secrets_page *page);
