/* SPDX-License-Identifier: MIT */
#include "psp/launch.h"

#include "base/mem.h"
#include "igvm/igvm.h"
#include "options.h"
#include "psp/identity.h"
#include "psp/sha384.h"
#include "rmp/rmp.h"
#include "rmp/view.h"
#include "x86/instructions.h"

#define POLICY_DEFINED 0x3FFFFFFULL
#define POLICY_ABI_MINOR_MASK 0xFFULL
#define POLICY_ABI_MAJOR_SHIFT 8U
#define PSP_ABI_MAJOR 1U
#define PSP_ABI_MINOR 55U

#define SECRETS_VERSION 3U
#define RANDOM_TRIES 64U
#define REPORT_VERSION 3U

static struct psp_guest guest;

struct psp_guest *psp_launched(void)
{
	return &guest;
}

enum err psp_launch_start(u64 policy)
{
	u64 minor = policy & POLICY_ABI_MINOR_MASK;
	u64 major = policy >> POLICY_ABI_MAJOR_SHIFT & POLICY_ABI_MINOR_MASK;
	if ((policy & ~POLICY_DEFINED) != 0 || (policy & POLICY_RESERVED_ONE) == 0) {
		return ERR_INPUT;
	}
	if (major > PSP_ABI_MAJOR || (major == PSP_ABI_MAJOR && minor > PSP_ABI_MINOR)) {
		return ERR_INPUT;
	}
	guest = (struct psp_guest){
		.policy = policy,
		.tcb = psp_identity.tcb,
		.report_version = options_get()->report_version == 0 ? REPORT_VERSION : options_get()->report_version,
	};
	return ERR_OK;
}

static void hash_for_digest(void *context, struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	sha384(data, digest);
}

/* Most pages of a boot are zeros: their hash is computed once. */
static void contents_hash(const void *bytes, u8 digest[LAUNCH_DIGEST_SIZE])
{
	static u8 zero_digest[LAUNCH_DIGEST_SIZE];
	static bool zero_known;
	struct span page = span_of(bytes, PAGE_SIZE);
	if (!span_is_zero(page)) {
		sha384(page, digest);
		return;
	}
	if (!zero_known) {
		sha384(page, zero_digest);
		zero_known = true;
	}
	memcpy(digest, zero_digest, sizeof(zero_digest));
}

enum err psp_launch_update(gpa_t page, u8 page_type, u64 measured)
{
	const struct igvm_hash hash = {.sha384 = hash_for_digest};
	const void *bytes = memory_page(page);
	if (bytes == NULL) {
		return ERR_RANGE;
	}
	bool with_contents = page_type == PAGE_TYPE_NORMAL || page_type == PAGE_TYPE_VMSA;
	u8 contents[LAUNCH_DIGEST_SIZE];
	if (with_contents) {
		contents_hash(bytes, contents);
	}
	enum err error = rmp_launch(page, page_type == PAGE_TYPE_VMSA);
	if (error == ERR_OK) {
		igvm_measure_snp_page(&hash, guest.measurement, page_type, measured, with_contents ? contents : NULL);
	}
	return error;
}

void psp_launch_digest(u8 digest[LAUNCH_DIGEST_SIZE])
{
	memcpy(digest, guest.measurement, LAUNCH_DIGEST_SIZE);
}

static enum err random_word(u64 *value)
{
	for (u32 tries = 0; tries < RANDOM_TRIES; tries++) {
		if (random_read(value)) {
			return ERR_OK;
		}
	}
	return ERR_HARDWARE;
}

static enum err random_fill(u8 *to, size_t n)
{
	for (size_t i = 0; i < n; i += sizeof(u64)) {
		u64 value;
		enum err error = random_word(&value);
		if (error != ERR_OK) {
			return error;
		}
		memcpy(to + i, &value, sizeof(value));
	}
	return ERR_OK;
}

/* Once a launch: VMPCKs and the name of this guest's reports. */
static enum err keys_make(void)
{
	if (!span_is_zero(span_of(guest.vmpck, sizeof(guest.vmpck)))) {
		return ERR_OK;
	}
	enum err error = random_fill(guest.report_id, sizeof(guest.report_id));
	return error == ERR_OK ? random_fill(&guest.vmpck[0][0], sizeof(guest.vmpck)) : error;
}

enum err psp_secrets_fill(struct secrets_page *page)
{
	memset(page, 0, sizeof(*page));
	page->version = SECRETS_VERSION;
	page->fms = cpuid_read(1, 0).eax;
	enum err error = keys_make();
	memcpy(page->vmpck, guest.vmpck, sizeof(page->vmpck));
	return error;
}

static bool key_is_p384(u32 algorithm, const struct psp_public_key *key)
{
	return algorithm == PSP_ALGORITHM_P384_SHA384 && key->curve == PSP_CURVE_P384;
}

static bool key_verify(const struct psp_public_key *key, struct span message, const struct ecdsa_signature *signature)
{
	struct ecdsa_public public;
	memcpy(public.x, key->x, sizeof(public.x));
	memcpy(public.y, key->y, sizeof(public.y));
	return ecdsa_verify(&public, message, signature);
}

static bool signatures_valid(const struct psp_id_auth *auth)
{
	struct span key = span_of(&auth->key, sizeof(auth->key));
	if (!key_is_p384(auth->key_algorithm, &auth->key) ||
	    !key_verify(&auth->key, span_of(&auth->block, sizeof(auth->block)), &auth->signature)) {
		return false;
	}
	return !auth->author_key || (key_is_p384(auth->author_algorithm, &auth->author) &&
				     key_verify(&auth->author, key, &auth->author_signature));
}

u32 psp_launch_finish(const struct psp_id_auth *auth)
{
	if (auth == NULL) {
		return PSP_SUCCESS;
	}
	const struct id_block *block = &auth->block;
	if (block->version != ID_BLOCK_VERSION) {
		return PSP_INVALID_PARAMETER;
	}
	if (memcmp(block->launch_digest, guest.measurement, sizeof(guest.measurement)) != 0) {
		return PSP_BAD_MEASUREMENT;
	}
	if (block->policy != guest.policy) {
		return PSP_POLICY_FAILURE;
	}
	if (!signatures_valid(auth)) {
		return PSP_BAD_SIGNATURE;
	}
	guest.guest_svn = block->guest_svn;
	memcpy(guest.family_id, block->family_id, sizeof(guest.family_id));
	memcpy(guest.image_id, block->image_id, sizeof(guest.image_id));
	sha384(span_of(&auth->key, sizeof(auth->key)), guest.id_key_digest);
	guest.author_key = auth->author_key;
	if (auth->author_key) {
		sha384(span_of(&auth->author, sizeof(auth->author)), guest.author_key_digest);
	}
	return PSP_SUCCESS;
}
