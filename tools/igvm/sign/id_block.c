/* SPDX-License-Identifier: MIT */
#include "sign/id_block.h"

#include <string.h>

#include "host/hash.h"
#include "host/report.h"
#include "show/open.h"

_Static_assert(sizeof(struct igvm_snp_signature) == sizeof(struct ecdsa_signature), "both are r and s");

void id_block_of(const struct igvm_vhs_snp_id_block *directive, u64 policy, struct id_block *block)
{
	*block = (struct id_block){.version = ID_BLOCK_VERSION, .guest_svn = directive->guest_svn, .policy = policy};
	memcpy(block->launch_digest, directive->launch_digest, sizeof(block->launch_digest));
	memcpy(block->family_id, directive->family_id, sizeof(block->family_id));
	memcpy(block->image_id, directive->image_id, sizeof(block->image_id));
}

void id_public_key_of(const struct igvm_snp_public_key *key, struct id_public_key *out)
{
	memset(out, 0, sizeof(*out));
	out->curve = key->curve;
	memcpy(out->point.x, key->qx, sizeof(out->point.x));
	memcpy(out->point.y, key->qy, sizeof(out->point.y));
}

void id_key_digest(const struct id_public_key *key, u8 digest[LAUNCH_DIGEST_SIZE])
{
	host_hash.sha384(host_hash.context, span_of(key, sizeof(*key)), digest);
}

bool id_policy(const char *path, const struct igvm_file *file, u32 mask, u64 *policy)
{
	enum err error = show_find_policy(path, file, mask, policy);
	if (error == ERR_NOT_FOUND) {
		(void)report("%s: the file has no guest policy, which is part of what is signed", path);
	}
	return error == ERR_OK;
}
