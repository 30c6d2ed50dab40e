/* SPDX-License-Identifier: MIT */
#include "attest/attest.h"

#include <stdio.h>
#include <string.h>

#include "attest/crypto.h"
#include "attest/exchange.h"
#include "channel/serve.h"

static struct exchange exchange;

static u32 answer_key(struct channel_message *message)
{
	struct attest_key key;
	if (message->payload_size != sizeof(key)) {
		return ATTEST_BAD_SIZE;
	}
	memcpy(&key, message->request.payload, sizeof(key));
	bool taken = exchange_open(&exchange, &key);
	crypto_wipe(&key, sizeof(key));
	crypto_wipe(message->request.payload, sizeof(key));
	return taken ? ATTEST_DONE : ATTEST_BAD_STATE;
}

static void reply_put(struct channel_message *message, const void *bytes, size_t size)
{
	memcpy(message->reply.payload, bytes, size);
	message->payload_size = size;
}

static u32 answer_report(struct channel_message *message)
{
	u8 data[EXCHANGE_DATA_SIZE];
	if (message->payload_size < ATTEST_NONCE_SIZE ||
	    message->payload_size > ATTEST_NONCE_SIZE + ATTEST_MANIFEST_MAX) {
		return ATTEST_BAD_SIZE;
	}
	if (!crypto_sha512(message->request.payload, message->payload_size, data)) {
		return exchange_retire(&exchange, "libcrypto does not hash");
	}
	u32 status = exchange_ask(&exchange, data);
	if (status == ATTEST_SEND) {
		reply_put(message, exchange.message, sizeof(exchange.message));
	} else if (status == ATTEST_DONE) {
		reply_put(message, &exchange.response.report, sizeof(exchange.response.report));
	}
	return status;
}

static u32 answer_answer(struct channel_message *message)
{
	struct attest_answer answer;
	if (message->payload_size != sizeof(answer)) {
		return ATTEST_BAD_SIZE;
	}
	memcpy(&answer, message->request.payload, sizeof(answer));
	u32 status = exchange_answer(&exchange, &answer);
	message->payload_size = 0;
	if (status == ATTEST_SEND) {
		reply_put(message, exchange.message, sizeof(exchange.message));
	}
	return status;
}

static u32 answer(struct channel_message *message)
{
	if (message->request.operation < ATTEST_KEY || message->request.operation > ATTEST_ANSWER) {
		return ATTEST_UNKNOWN_OPERATION;
	}
	if (message->request.argument != 0) {
		return ATTEST_BAD_ARGUMENT;
	}
	switch (message->request.operation) {
	case ATTEST_KEY:
		return answer_key(message);
	case ATTEST_REPORT:
		return answer_report(message);
	default:
		return answer_answer(message);
	}
}

void attest_answer(struct channel_message *message)
{
	bool is_report = message->request.operation == ATTEST_REPORT;
	u32 status = answer(message);
	if (status != ATTEST_SEND && !(status == ATTEST_DONE && is_report)) {
		message->payload_size = 0;
	}
	message->reply.status = status;
	message->reply.reserved = 0;
}

void attest_reset(void)
{
	crypto_wipe(&exchange, sizeof(exchange));
}

int attest_run(bool again)
{
	if (!crypto_init()) {
		fprintf(stderr, "attest: libcrypto does not start\n");
		return 1;
	}
	if (again) {
		fprintf(stderr, "attest: the key has died with another process\n");
		exchange.given = true;
	}
	return channel_serve("attest", attest_answer);
}
