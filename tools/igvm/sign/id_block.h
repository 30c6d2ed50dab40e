/* SPDX-License-Identifier: MIT */
/* What the PSP is handed and checks at the end of a launch. SEV-SNP Firmware ABI (56860), section 8.18 and chapter 10 */
#pragma once

#include <copra/psp.h>

#include "igvm/igvm.h"
#include "sign/ecdsa.h"

/* A public key as it is signed and hashed */
struct id_public_key {
	u32 curve;
	struct ecdsa_point point;
	u8 reserved[880];
};
LAYOUT_SIZE(struct id_public_key, 0x404);

/* The block that a directive and the file's policy make */
void id_block_of(const struct igvm_vhs_snp_id_block *directive, u64 policy, struct id_block *block);
void id_public_key_of(const struct igvm_snp_public_key *key, struct id_public_key *out);

/* SHA-384 of the key: what an attestation report shows of it */
void id_key_digest(const struct id_public_key *key, u8 digest[LAUNCH_DIGEST_SIZE]);

/* The one guest policy of the file; reports when there is none, or two that differ. */
bool id_policy(const char *path, const struct igvm_file *file, u32 mask, u64 *policy);
