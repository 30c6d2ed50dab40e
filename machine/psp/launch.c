/* SPDX-License-Identifier: MIT */
#include "psp/launch.h"

#include "base/mem.h"
#include "cpu/instructions.h"
#include "igvm/igvm.h"
#include "mm/memory.h"
#include "psp/sha384.h"
#include "rmp/rmp.h"

#define POLICY_DEFINED 0x3FFFFFFULL
#define POLICY_ABI_MINOR_MASK 0xFFULL
#define POLICY_ABI_MAJOR_SHIFT 8U
#define PSP_ABI_MAJOR 1U
#define PSP_ABI_MINOR 55U

#define SECRETS_VERSION 3U
#define RANDOM_TRIES 64U

static u8 launch_digest[LAUNCH_DIGEST_SIZE];

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
	memset(launch_digest, 0, sizeof(launch_digest));
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
		igvm_measure_snp_page(&hash, launch_digest, page_type, measured, with_contents ? contents : NULL);
	}
	return error;
}

void psp_launch_digest(u8 digest[LAUNCH_DIGEST_SIZE])
{
	memcpy(digest, launch_digest, LAUNCH_DIGEST_SIZE);
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

enum err psp_secrets_fill(struct secrets_page *page)
{
	memset(page, 0, sizeof(*page));
	page->version = SECRETS_VERSION;
	page->fms = cpuid_read(1, 0).eax;
	return random_fill(&page->vmpck[0][0], sizeof(page->vmpck));
}
