/* SPDX-License-Identifier: MIT */
#include "attest/exchange.h"

#include <stdio.h>
#include <string.h>

#include "attest/crypto.h"
#include "attest/message.h"

#define HOST_ERROR(error) ((error) << 32)
#define REPORT_VMPL 0U

bool exchange_open(struct exchange *exchange, const struct attest_key *key)
{
	if (exchange->given) {
		return false;
	}
	*exchange = (struct exchange){.given = true, .open = true, .sequence = key->sequence};
	memcpy(exchange->key, key->key, sizeof(exchange->key));
	return true;
}

u32 exchange_retire(struct exchange *exchange, const char *why)
{
	if (exchange->open) {
		fprintf(stderr, "attest: %s; VMPCK0 is given up\n", why);
	}
	crypto_wipe(exchange, sizeof(*exchange));
	exchange->given = true;
	return ATTEST_NO_KEY;
}

static struct message_seal exchange_seal(const struct exchange *exchange, u64 sequence, u8 type)
{
	return (struct message_seal){.key = exchange->key, .sequence = sequence, .type = type};
}

/* No message has the number 0, and an answer needs one, too. */
static bool numbers_are_left(const struct exchange *exchange)
{
	return exchange->sequence != 0 && exchange->sequence != UINT64_MAX;
}

static u32 message_make(struct exchange *exchange, const u8 data[EXCHANGE_DATA_SIZE])
{
	struct report_request request = {.vmpl = REPORT_VMPL};
	const struct message_seal seal = exchange_seal(exchange, exchange->sequence, GUEST_MESSAGE_REPORT_REQUEST);
	if (!numbers_are_left(exchange)) {
		return exchange_retire(exchange, "there are no numbers left for messages");
	}
	memcpy(request.data, data, sizeof(request.data));
	memcpy(exchange->data, data, sizeof(exchange->data));
	if (!message_close(&seal, span_of(&request, sizeof(request)), exchange->message)) {
		return exchange_retire(exchange, "libcrypto does not seal");
	}
	exchange->phase = EXCHANGE_PENDING;
	return ATTEST_SEND;
}

/* The PSP has sealed it, so it is the answer. That it says what was asked for is looked at all the same. */
static u32 response_judge(const struct exchange *exchange)
{
	const struct report_response *response = &exchange->response;
	bool asked = response->size == sizeof(response->report) && response->report.vmpl == REPORT_VMPL &&
		     memcmp(response->report.report_data, exchange->data, sizeof(exchange->data)) == 0;
	return response->status == PSP_SUCCESS && asked ? ATTEST_DONE : ATTEST_REFUSED;
}

u32 exchange_ask(struct exchange *exchange, const u8 data[EXCHANGE_DATA_SIZE])
{
	if (!exchange->open) {
		return ATTEST_NO_KEY;
	}
	if (exchange->phase == EXCHANGE_PENDING) {
		return ATTEST_SEND;
	}
	if (exchange->phase == EXCHANGE_ANSWERED && memcmp(data, exchange->data, sizeof(exchange->data)) == 0) {
		exchange->phase = EXCHANGE_IDLE;
		return response_judge(exchange);
	}
	return message_make(exchange, data);
}

static u32 response_open(struct exchange *exchange, const u8 *page)
{
	const struct message_seal seal =
		exchange_seal(exchange, exchange->sequence + 1, GUEST_MESSAGE_REPORT_REQUEST + 1);
	size_t size = sizeof(exchange->response);
	memset(&exchange->response, 0, sizeof(exchange->response));
	if (!message_open(&seal, span_of(page, PAGE_SIZE), (u8 *)&exchange->response, &size)) {
		return exchange_retire(exchange, "what the host brings is not the PSP's answer");
	}
	if (size < sizeof(exchange->response)) {
		exchange->response.size = 0; /* no report is as short as that */
	}
	exchange->sequence += 2;
	exchange->phase = EXCHANGE_ANSWERED;
	return ATTEST_DONE;
}

static u32 status_judge(struct exchange *exchange, u64 status)
{
	char why[80];
	snprintf(why, sizeof(why), "the host answers a guest request with 0x%llx", (unsigned long long)status);
	return exchange_retire(exchange, why);
}

u32 exchange_answer(struct exchange *exchange, const struct attest_answer *answer)
{
	if (!exchange->open) {
		return ATTEST_NO_KEY;
	}
	if (exchange->phase != EXCHANGE_PENDING) {
		return ATTEST_BAD_STATE;
	}
	if (answer->carried != 1) {
		return exchange_retire(exchange, "the host fails a guest request");
	}
	switch (answer->status) {
	case PSP_SUCCESS:
		return response_open(exchange, answer->page);
	case HOST_ERROR(GUEST_REQUEST_BUSY):
	case HOST_ERROR(GUEST_REQUEST_BUFFER_TOO_SMALL):
		return ATTEST_SEND;
	default:
		return status_judge(exchange, answer->status);
	}
}
