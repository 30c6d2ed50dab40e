/* SPDX-License-Identifier: MIT */
/*
 * Requests to the vTPM service, one after the other, on the TPM as it is after its first start: its non-volatile state is put back
 * before each input. An input is a row of {operation, argument, size (2 bytes, little-endian), payload}. libtpms itself is the
 * distribution's, without instrumentation; what the sanitizers see of it is its use of the heap.
 */
#include <copra/vtpm.h>
#include <libtpms/tpm_error.h>
#include <libtpms/tpm_library.h>
#include <libtpms/tpm_memory.h>
#include <libtpms/tpm_nvfilename.h>
#include <stdlib.h>
#include <string.h>

#include "base/span.h"
#include "vtpm/store.h"
#include "vtpm/tpm.h"
#include "vtpm/vtpm.h"

#define MAX_REQUESTS 16U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char *state;
static u32 state_size;
static struct channel_message message;

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void start_once(void)
{
	if (state == NULL) {
		expect(vtpm_start(false));
		expect(store_load(&state, &state_size, 0, TPM_PERMANENT_ALL_NAME) == TPM_SUCCESS);
	}
}

static void restart(void)
{
	static const u8 startup[] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 1, 0x44, 0, 0};
	struct tpm_response response;
	TPMLIB_Terminate();
	expect(store_save(state, state_size, 0, TPM_PERMANENT_ALL_NAME) == TPM_SUCCESS);
	expect(tpm_power_on() == NULL);
	expect(tpm_execute(0, startup, sizeof(startup), &response));
}

/* What is answered to any request at all. */
static void check_reply(u32 operation)
{
	expect(message.reply.reserved == 0 && message.payload_size <= VTPM_MESSAGE_MAX);
	expect(message.reply.status <= VTPM_FAILED);
	expect(message.reply.status == VTPM_DONE || message.payload_size == 0);
	expect(message.reply.status != VTPM_DONE || operation == VTPM_COMMAND || operation == VTPM_ENDORSEMENT_KEY);
}

static bool request_take(struct span *input)
{
	u8 operation;
	u8 argument;
	u16 size;
	struct span payload;
	if (span_take_u8(input, &operation) != ERR_OK || span_take_u8(input, &argument) != ERR_OK ||
	    span_take_u16(input, &size) != ERR_OK) {
		return false;
	}
	size_t there = size < input->n ? size : input->n;
	there = there < CHANNEL_PAYLOAD_MAX ? there : CHANNEL_PAYLOAD_MAX;
	expect(span_take(input, there, &payload) == ERR_OK);
	message.request.operation = operation;
	message.request.argument = argument;
	memcpy(message.request.payload, payload.p, payload.n);
	message.payload_size = payload.n;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size);
	start_once();
	restart();
	for (u32 i = 0; i < MAX_REQUESTS && request_take(&input); i++) {
		u32 operation = message.request.operation;
		vtpm_answer(&message);
		check_reply(operation);
	}
	return 0;
}
