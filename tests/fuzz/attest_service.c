/* SPDX-License-Identifier: MIT */
/*
 * Requests to the attestation service, and what a host may bring it: pages from the input, and responses of a PSP that the input
 * changes after they were sealed. No report comes out that the PSP did not make as it is; no number seals two messages; and once the
 * key is given up it stays so. An input is a row of {operation, choice, size (2 bytes, little-endian), payload}.
 */
#include <stdlib.h>
#include <string.h>

#include "attest/attest.h"
#include "attest/message.h"
#include "base/span.h"
#include "services/psp.h"

#define MAX_REQUESTS 32U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct channel_message message;
static struct psp psp;
static struct attest_answer answer;
static u8 out[ATTEST_MESSAGE_SIZE]; /* the message that is out, or was last */
static bool gone;

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static u64 number_of(const u8 *page)
{
	struct guest_message_header header;
	memcpy(&header, page, sizeof(header));
	return header.sequence;
}

static void start(void)
{
	struct attest_key key = {.sequence = 1};
	psp = (struct psp){.key = {1, 2, 3}};
	memcpy(key.key, psp.key, sizeof(key.key));
	memset(out, 0, sizeof(out));
	gone = false;
	attest_reset();
	message.request = (struct channel_request){.operation = ATTEST_KEY};
	memcpy(message.request.payload, &key, sizeof(key));
	message.payload_size = sizeof(key);
	attest_answer(&message);
	expect(message.reply.status == ATTEST_DONE);
}

static bool request_take(struct span *input, u8 *operation, u8 *choice, struct span *payload)
{
	u16 size;
	if (span_take_u8(input, operation) != ERR_OK || span_take_u8(input, choice) != ERR_OK ||
	    span_take_u16(input, &size) != ERR_OK) {
		return false;
	}
	size_t there = size < input->n ? size : input->n;
	return span_take(input, there < CHANNEL_PAYLOAD_MAX ? there : CHANNEL_PAYLOAD_MAX, payload) == ERR_OK;
}

/* The PSP's response to the message that is out, changed by the payload, {place (2 bytes), value} at a time. */
static void answer_make(u8 choice, struct span payload)
{
	u16 place;
	u8 value;
	answer = (struct attest_answer){.carried = 1, .status = (choice & 1) != 0 ? 2ULL << 32 : 0};
	psp.status = (choice & 2) != 0 ? PSP_STATUS_INVALID_PARAMETER : 0;
	if ((choice & 5) == 0 && number_of(out) == psp.last + 1) {
		expect(psp_request(&psp, out, answer.page));
	}
	while (span_take_u16(&payload, &place) == ERR_OK && span_take_u8(&payload, &value) == ERR_OK) {
		answer.page[place % sizeof(answer.page)] ^= value;
	}
}

static void request_put(u8 operation, u8 choice, struct span payload)
{
	message.request = (struct channel_request){.operation = operation & 3, .argument = choice >> 7};
	if (operation == 3) {
		answer_make(choice, payload);
		payload = span_of(&answer, sizeof(answer));
	}
	memcpy(message.request.payload, payload.p, payload.n);
	message.payload_size = payload.n;
}

static void message_check(void)
{
	expect(message.payload_size == sizeof(out));
	u64 number = number_of(message.reply.payload), before = number_of(out);
	expect(number == before ? memcmp(out, message.reply.payload, sizeof(out)) == 0
				: number == before + 2 || before == 0);
	memcpy(out, message.reply.payload, sizeof(out));
}

static void reply_check(u32 operation)
{
	u32 status = message.reply.status;
	expect(message.reply.reserved == 0 && status <= ATTEST_NO_KEY);
	expect(!gone || status == ATTEST_NO_KEY || (status >= ATTEST_UNKNOWN_OPERATION && status <= ATTEST_BAD_STATE));
	gone = gone || status == ATTEST_NO_KEY;
	if (status == ATTEST_SEND) {
		message_check();
	} else if (status == ATTEST_DONE && operation == ATTEST_REPORT) {
		struct attestation_report report;
		expect(message.payload_size == sizeof(report) && psp.last == number_of(out) + 1);
	} else {
		expect(message.payload_size == 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span input = span_of(data, size), payload;
	u8 operation, choice;
	start();
	for (u32 i = 0; i < MAX_REQUESTS && request_take(&input, &operation, &choice, &payload); i++) {
		request_put(operation, choice, payload);
		u32 asked = message.request.operation;
		attest_answer(&message);
		reply_check(asked);
	}
	return 0;
}
