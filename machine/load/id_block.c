/* SPDX-License-Identifier: MIT */
#include "load/id_block.h"

#include "base/mem.h"

static void key_take(const struct igvm_snp_public_key *from, struct psp_public_key *to)
{
	to->curve = from->curve;
	memcpy(to->x, from->qx, sizeof(to->x));
	memcpy(to->y, from->qy, sizeof(to->y));
}

void id_block_take(const struct igvm_header *header, u64 policy, struct psp_id_auth *auth)
{
	static struct igvm_vhs_snp_id_block from;
	igvm_decode_snp_id_block(header, &from);
	memset(auth, 0, sizeof(*auth));
	memcpy(auth->block.launch_digest, from.launch_digest, sizeof(auth->block.launch_digest));
	memcpy(auth->block.family_id, from.family_id, sizeof(auth->block.family_id));
	memcpy(auth->block.image_id, from.image_id, sizeof(auth->block.image_id));
	auth->block.version = from.version;
	auth->block.guest_svn = from.guest_svn;
	auth->block.policy = policy;
	auth->key_algorithm = from.id_key_algorithm;
	auth->author_algorithm = from.author_key_algorithm;
	auth->author_key = from.author_key_enabled != 0;
	key_take(&from.id_public_key, &auth->key);
	key_take(&from.author_public_key, &auth->author);
	memcpy(&auth->signature, &from.id_key_signature, sizeof(auth->signature));
	memcpy(&auth->author_signature, &from.author_key_signature, sizeof(auth->author_signature));
}

const char *id_block_refusal(u32 status)
{
	switch (status) {
	case PSP_BAD_MEASUREMENT:
		return "it is for another launch digest";
	case PSP_POLICY_FAILURE:
		return "it is for another guest policy";
	case PSP_BAD_SIGNATURE:
		return "a signature is not valid";
	default:
		return "its version is unknown";
	}
}
