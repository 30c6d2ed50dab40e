/* SPDX-License-Identifier: MIT */
#include "vtpm/prepare.h"

#include <string.h>

#include "base/span.h"

/* Everything in a TPM's messages is big-endian. */
#define WORD(value) (u8)((value) >> 8), (u8)((value)&0xFF)
#define LONG(value) WORD((value) >> 16), WORD((value)&0xFFFF)

#define TAG_PLAIN WORD(0x8001)
#define TAG_SESSIONS WORD(0x8002)
/* The empty password, and the size of the authorization area that is made of it alone (part 1, 19.4). */
#define EMPTY_PASSWORD LONG(9), LONG(0x40000009), WORD(0), 0x00, WORD(0)
#define RC_SUCCESS 0U
#define PCR_KEPT 16U

/* TPM2_Startup(TPM_SU_CLEAR), 9.3 */
static const u8 startup[] = {TAG_PLAIN, LONG(12), LONG(0x144), WORD(0)};
/* TPM2_SelfTest(fullTest = YES), 10.2 */
static const u8 self_test[] = {TAG_PLAIN, LONG(11), LONG(0x143), 1};

/* Template L-2: EK Credential Profile 2.5, table 5. Its policy is PolicySecret(TPM_RH_ENDORSEMENT). */
#define EK_TEMPLATE_SIZE 122
#define EK_ATTRIBUTES 0x000300B2 /* fixedTPM fixedParent sensitiveDataOrigin adminWithPolicy restricted decrypt */
#define EK_POLICY \
	0x83, 0x71, 0x97, 0x67, 0x44, 0x84, 0xB3, 0xF8, 0x1A, 0x90, 0xCC, 0x8D, 0x46, 0xA5, 0xD7, 0x24, 0xFD, 0x52, \
		0xD7, 0x6E, 0x06, 0x52, 0x0B, 0x64, 0xF2, 0xA1, 0xDA, 0x1B, 0x33, 0x14, 0x69, 0xAA
#define ZERO_32 LONG(0), LONG(0), LONG(0), LONG(0), LONG(0), LONG(0), LONG(0), LONG(0)
#define ALG_ECC WORD(0x23)
#define ALG_SHA256 WORD(0xB)
#define ALG_NULL WORD(0x10)
#define AES_128_CFB WORD(6), WORD(128), WORD(0x43)
#define NIST_P256 WORD(3)
#define CREATE_PRIMARY_SIZE (14 + 13 + 6 + 2 + EK_TEMPLATE_SIZE + 2 + 4)

/* TPM2_CreatePrimary, 24.1 */
static const u8 create_ek[] = {
	TAG_SESSIONS,
	LONG(CREATE_PRIMARY_SIZE),
	LONG(0x131),
	LONG(0x4000000B), /* TPM_RH_ENDORSEMENT */
	EMPTY_PASSWORD,
	WORD(4),
	WORD(0),
	WORD(0), /* no secret of the caller's */
	WORD(EK_TEMPLATE_SIZE),
	ALG_ECC,
	ALG_SHA256,
	LONG(EK_ATTRIBUTES),
	WORD(32),
	EK_POLICY,
	AES_128_CFB,
	ALG_NULL,
	NIST_P256,
	ALG_NULL,
	WORD(32),
	ZERO_32,
	WORD(32),
	ZERO_32,
	WORD(0),
	LONG(0), /* no outside data, no PCRs */
};
_Static_assert(sizeof(create_ek) == CREATE_PRIMARY_SIZE, "the command has the size it names");

/* True when the TPM carried the command out. */
static bool execute(const u8 *command, u32 size, struct tpm_response *response)
{
	static const u8 success[] = {LONG(RC_SUCCESS)};
	return tpm_execute(0, command, size, response) && memcmp(response->bytes + 6, success, sizeof(success)) == 0;
}

tpm_trouble_t prepare_started(void)
{
	struct tpm_response response;
	if (!execute(startup, sizeof(startup), &response)) {
		return "TPM2_Startup fails";
	}
	return execute(self_test, sizeof(self_test), &response) ? NULL : "the TPM's self-test fails";
}

/* TPM2_FlushContext, 28.4: nothing of the handle's stays. */
static bool handle_flush(const u8 *handle)
{
	u8 flush[] = {TAG_PLAIN, LONG(14), LONG(0x165), LONG(0)};
	struct tpm_response response;
	memcpy(flush + 10, handle, 4);
	return execute(flush, sizeof(flush), &response);
}

/* Handle, size of parameters, TPM2B_PUBLIC: what begins the response of TPM2_CreatePrimary behind its head. */
static bool public_area_read(const struct tpm_response *response, u8 *handle, struct public_area *area)
{
	struct span rest = span_of(response->bytes + 10, response->size - 10);
	struct span word;
	struct span taken;
	if (span_take(&rest, 4, &taken) != ERR_OK) {
		return false;
	}
	memcpy(handle, taken.p, 4);
	if (span_take(&rest, 4, &taken) != ERR_OK || span_take(&rest, 2, &word) != ERR_OK) {
		return false;
	}
	area->size = (u32)word.p[0] << 8 | word.p[1];
	if (area->size == 0 || area->size > PUBLIC_AREA_MAX || span_take(&rest, area->size, &taken) != ERR_OK) {
		return false;
	}
	memcpy(area->bytes, taken.p, area->size);
	return true;
}

tpm_trouble_t prepare_endorsement_key(struct public_area *area)
{
	struct tpm_response response;
	u8 handle[4];
	if (!execute(create_ek, sizeof(create_ek), &response) || !public_area_read(&response, handle, area)) {
		return "the endorsement key cannot be made";
	}
	return handle_flush(handle) ? NULL : "the endorsement key cannot be let go";
}

/* TPM2_PCR_Event, 22.3: hashes the data for every bank. */
static bool pcr_spoil(u8 pcr)
{
	const u8 event[] = {
		TAG_SESSIONS,
		LONG(14 + 13 + 2 + 8),
		LONG(0x13C),
		LONG(pcr),
		EMPTY_PASSWORD,
		WORD(8),
		'r',
		'e',
		's',
		't',
		'a',
		'r',
		't',
		's',
	};
	struct tpm_response response;
	return execute(event, sizeof(event), &response);
}

tpm_trouble_t prepare_spoiled(void)
{
	for (u8 pcr = 0; pcr < PCR_KEPT; pcr++) {
		if (!pcr_spoil(pcr)) {
			return "the PCRs cannot be spoiled";
		}
	}
	return NULL;
}
