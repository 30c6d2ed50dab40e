/* SPDX-License-Identifier: MIT */
#include "psp/requests.h"

#include <copra/sev.h>

#include "base/mem.h"
#include "psp/crypto.h"
#include "psp/identity.h"
#include "psp/message.h"
#include "psp/report.h"

#define KEY_REQUEST_2_SIZE (sizeof(struct key_request) + sizeof(u64)) /* with launch_mit_vector */
#define KEY_FIELDS_KNOWN \
	(KEY_FIELD_POLICY | KEY_FIELD_IMAGE | KEY_FIELD_FAMILY | KEY_FIELD_MEASUREMENT | KEY_FIELD_SVN | KEY_FIELD_TCB)
#define TSC_SCALE_ONE (1ULL << 32)

/* Of the request that is carried out, as all here: the caller serializes. */
static u64 signature_ticks;

/* A key serves its own VMPL and those below it. */
static bool vmpl_permitted(u32 vmpl, const struct psp_message *request)
{
	return vmpl >= request->vmpck && vmpl < VMPL_COUNT;
}

static u32 report_check(const struct report_request *wanted, const struct psp_message *request)
{
	u32 key = wanted->flags & REPORT_KEY_MASK;
	if (!vmpl_permitted(wanted->vmpl, request) || (wanted->flags & ~REPORT_KEY_MASK) != 0 ||
	    key > REPORT_KEY_VLEK || !span_is_zero(span_of(wanted->reserved, sizeof(wanted->reserved)))) {
		return PSP_STATUS_INVALID_PARAMETER;
	}
	return key == REPORT_KEY_VLEK ? PSP_STATUS_INVALID_KEY : PSP_SUCCESS; /* no VLEK is loaded here */
}

static u32 report_answer(const struct psp_guest *guest, const struct psp_message *request, struct psp_message *answer)
{
	struct report_request wanted;
	static struct report_response response;
	if (request->size != sizeof(wanted)) {
		return PSP_INVALID_PARAMETER;
	}
	memcpy(&wanted, request->payload, sizeof(wanted));
	memset(&response, 0, sizeof(response));
	response.status = report_check(&wanted, request);
	if (response.status == PSP_SUCCESS) {
		response.size = sizeof(response.report);
		signature_ticks = report_make(guest, wanted.vmpl, wanted.data, &response.report);
	}
	answer->size = sizeof(response);
	memcpy(answer->payload, &response, sizeof(response));
	return PSP_SUCCESS;
}

static bool tcb_permitted(u64 wanted)
{
	for (u32 shift = 0; shift < 64; shift += 8) {
		if ((wanted >> shift & 0xFF) > (psp_identity.tcb >> shift & 0xFF)) {
			return false;
		}
	}
	return true;
}

static u32 key_check(const struct psp_guest *guest, const struct key_request *wanted, const struct psp_message *request)
{
	u32 select = KEY_SELECT(wanted->root_key_select);
	if (!vmpl_permitted(wanted->vmpl, request) || wanted->root_key_select > 7 || select > REPORT_KEY_VLEK ||
	    wanted->reserved_04 != 0 || (wanted->field_select & ~KEY_FIELDS_KNOWN) != 0 ||
	    wanted->guest_svn > guest->guest_svn || !tcb_permitted(wanted->tcb)) {
		return PSP_STATUS_INVALID_PARAMETER;
	}
	bool missing = select == REPORT_KEY_VLEK || (wanted->root_key_select & KEY_ROOT_VMRK) != 0;
	return missing ? PSP_STATUS_INVALID_KEY : PSP_SUCCESS;
}

/* Everything that the key depends on; what was not selected is zero. */
struct key_inputs {
	struct key_request request;
	u64 policy;
	u8 image_id[16], family_id[16];
	u8 measurement[LAUNCH_DIGEST_SIZE];
};

static void key_derive(const struct psp_guest *guest, const struct key_request *wanted, u8 key[32])
{
	u8 digest[LAUNCH_DIGEST_SIZE];
	struct key_inputs inputs = {.request = *wanted};
	inputs.request.root_key_select = 0; /* there is but one root */
	inputs.request.guest_svn = (wanted->field_select & KEY_FIELD_SVN) != 0 ? wanted->guest_svn : 0;
	inputs.request.tcb = (wanted->field_select & KEY_FIELD_TCB) != 0 ? wanted->tcb : 0;
	inputs.policy = (wanted->field_select & KEY_FIELD_POLICY) != 0 ? guest->policy : 0;
	if ((wanted->field_select & KEY_FIELD_IMAGE) != 0) {
		memcpy(inputs.image_id, guest->image_id, sizeof(inputs.image_id));
	}
	if ((wanted->field_select & KEY_FIELD_FAMILY) != 0) {
		memcpy(inputs.family_id, guest->family_id, sizeof(inputs.family_id));
	}
	if ((wanted->field_select & KEY_FIELD_MEASUREMENT) != 0) {
		memcpy(inputs.measurement, guest->measurement, sizeof(inputs.measurement));
	}
	hmac_sha384(span_of(psp_identity.key, sizeof(psp_identity.key)), span_of(&inputs, sizeof(inputs)), digest);
	memcpy(key, digest, 32);
}

static u32 key_answer(const struct psp_guest *guest, const struct psp_message *request, struct psp_message *answer)
{
	struct key_request wanted;
	struct key_response response = {0};
	if (request->size != sizeof(wanted) && request->size != KEY_REQUEST_2_SIZE) {
		return PSP_INVALID_PARAMETER;
	}
	memcpy(&wanted, request->payload, sizeof(wanted));
	response.status = key_check(guest, &wanted, request);
	if (request->size == KEY_REQUEST_2_SIZE &&
	    !span_is_zero(span_of(request->payload + sizeof(wanted), sizeof(u64)))) {
		response.status = PSP_STATUS_INVALID_PARAMETER; /* no mitigation vectors here */
	}
	if (response.status == PSP_SUCCESS) {
		key_derive(guest, &wanted, response.key);
	}
	answer->size = sizeof(response);
	memcpy(answer->payload, &response, sizeof(response));
	return PSP_SUCCESS;
}

/* The guest's TSC is the processor's own. */
static u32 tsc_answer(const struct psp_message *request, struct psp_message *answer)
{
	struct tsc_response response = {.scale = TSC_SCALE_ONE};
	if (request->size != sizeof(struct tsc_request)) {
		return PSP_INVALID_PARAMETER;
	}
	if (!span_is_zero(span_of(request->payload, request->size))) {
		response = (struct tsc_response){.status = PSP_STATUS_INVALID_PARAMETER};
	}
	answer->size = sizeof(response);
	memcpy(answer->payload, &response, sizeof(response));
	return PSP_SUCCESS;
}

static u32 message_execute(const struct psp_guest *guest, const struct psp_message *request, struct psp_message *answer)
{
	switch (request->type) {
	case GUEST_MESSAGE_REPORT_REQUEST:
		return report_answer(guest, request, answer);
	case GUEST_MESSAGE_KEY_REQUEST:
		return key_answer(guest, request, answer);
	case GUEST_MESSAGE_TSC_REQUEST:
		return tsc_answer(request, answer);
	default: /* CPUID checks and migration (docs/caveats.md) */
		return PSP_INVALID_PARAMETER;
	}
}

u32 psp_guest_request(struct psp_guest *guest, const u8 request[4096], u8 response[4096])
{
	static struct psp_message message, answer;
	signature_ticks = 0;
	u32 status = message_open(guest, request, &message);
	if (status == PSP_SUCCESS) {
		answer.type = (u8)(message.type + 1);
		answer.vmpck = message.vmpck;
		answer.sequence = message.sequence + 1;
		status = message_execute(guest, &message, &answer);
	}
	if (status == PSP_SUCCESS) {
		message_answer(guest, &answer, response);
	}
	memset(&message, 0, sizeof(message));
	memset(&answer, 0, sizeof(answer));
	return status;
}

u64 psp_signature_ticks(void)
{
	return signature_ticks;
}
