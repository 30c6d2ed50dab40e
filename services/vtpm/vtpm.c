/* SPDX-License-Identifier: MIT */
#include "vtpm/vtpm.h"

#include <stdio.h>
#include <string.h>

#include "channel/serve.h"
#include "vtpm/prepare.h"
#include "vtpm/random.h"

/* TPM2_ChangeEPS: tag, size, command code (TPM 2.0, part 3, 24.5). From then on the template makes another key. */
#define CODE_AT 6U
#define HEAD_SIZE 10U
static const u8 change_eps[] = {0, 0, 0x01, 0x24};
/* Part 2, 6.6.3: that it was not done is said by any other code than these. */
static const u8 rc_success[] = {0, 0, 0, 0};
static const u8 rc_failure[] = {0, 0, 0x01, 0x01};

static struct public_area endorsement_key;
static bool endorsement_key_known;

/*
 * `again`: the guest that runs has measured itself into a TPM that is gone. This one is another, and it must not be taken for one of a
 * fresh boot.
 */
static tpm_trouble_t start(bool again)
{
	tpm_trouble_t trouble = tpm_set_up();
	if (trouble == NULL) {
		trouble = tpm_power_on();
	}
	if (trouble == NULL) {
		trouble = prepare_started();
	}
	if (trouble == NULL) {
		trouble = prepare_endorsement_key(&endorsement_key);
	}
	endorsement_key_known = trouble == NULL;
	return trouble == NULL && again ? prepare_spoiled() : trouble;
}

bool vtpm_start(bool again)
{
	random_init();
	tpm_trouble_t trouble = start(again);
	if (trouble != NULL) {
		fprintf(stderr, "vtpm: %s\n", trouble);
	}
	return trouble == NULL;
}

static bool is_change(const struct channel_message *message)
{
	return message->payload_size >= HEAD_SIZE &&
	       memcmp(message->request.payload + CODE_AT, change_eps, sizeof(change_eps)) == 0;
}

static bool is_refused(const struct tpm_response *response)
{
	return memcmp(response->bytes + CODE_AT, rc_success, sizeof(rc_success)) != 0 &&
	       memcmp(response->bytes + CODE_AT, rc_failure, sizeof(rc_failure)) != 0;
}

static u32 answer_command(struct channel_message *message)
{
	struct tpm_response response;
	if (message->request.argument > VTPM_LOCALITY_MAX) {
		return VTPM_BAD_ARGUMENT;
	}
	if (message->payload_size == 0 || message->payload_size > VTPM_MESSAGE_MAX) {
		return VTPM_BAD_SIZE;
	}
	bool done = tpm_execute((u8)message->request.argument, message->request.payload, (u32)message->payload_size,
				&response);
	if (is_change(message) && (!done || !is_refused(&response))) {
		endorsement_key_known = false;
	}
	if (!done) {
		return VTPM_FAILED;
	}
	memcpy(message->reply.payload, response.bytes, response.size);
	message->payload_size = response.size;
	return VTPM_DONE;
}

static u32 answer_endorsement_key(struct channel_message *message)
{
	if (message->request.argument != 0) {
		return VTPM_BAD_ARGUMENT;
	}
	if (message->payload_size != 0) {
		return VTPM_BAD_SIZE;
	}
	if (!endorsement_key_known) {
		endorsement_key_known = prepare_endorsement_key(&endorsement_key) == NULL;
	}
	if (!endorsement_key_known) {
		return VTPM_FAILED;
	}
	memcpy(message->reply.payload, endorsement_key.bytes, endorsement_key.size);
	message->payload_size = endorsement_key.size;
	return VTPM_DONE;
}

static u32 answer(struct channel_message *message)
{
	switch (message->request.operation) {
	case VTPM_COMMAND:
		return answer_command(message);
	case VTPM_ENDORSEMENT_KEY:
		return answer_endorsement_key(message);
	default:
		return VTPM_UNKNOWN_OPERATION;
	}
}

void vtpm_answer(struct channel_message *message)
{
	u32 status = answer(message);
	if (status != VTPM_DONE) {
		message->payload_size = 0;
	}
	message->reply.status = status;
	message->reply.reserved = 0;
}

int vtpm_run(bool again)
{
	return vtpm_start(again) ? channel_serve("vtpm", vtpm_answer) : 1;
}
