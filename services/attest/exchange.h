/* SPDX-License-Identifier: MIT */
/*
 * The channel to the PSP under VMPCK0. Its rule: a number is used for one message only. So a message that has been let out stays the
 * only one until its answer is there: it is sent again, as it is, when the host says that it did not take it. Whatever else goes
 * wrong retires the key, because then nobody knows whether the PSP has counted.
 */
#pragma once

#include <copra/attest.h>

#define EXCHANGE_DATA_SIZE 64U

enum exchange_phase {
	EXCHANGE_IDLE,
	EXCHANGE_PENDING,  /* a message is out */
	EXCHANGE_ANSWERED, /* its answer has not been fetched */
};

struct exchange {
	bool given; /* a key has been here; there is no second one */
	bool open;  /* it still is */
	u8 key[GUEST_MESSAGE_KEY_SIZE];
	u64 sequence; /* of the message that is out, or of the next one */
	enum exchange_phase phase;
	u8 data[EXCHANGE_DATA_SIZE]; /* of the report that was asked for last */
	u8 message[ATTEST_MESSAGE_SIZE];
	struct report_response response;
};

/* Takes the key. False: there was one before. */
bool exchange_open(struct exchange *exchange, const struct attest_key *key);

/*
 * A report with this data, of VMPL 0. ATTEST_SEND: exchange->message has to be sent; ATTEST_DONE: it is in exchange->response, and
 * forgotten with the next call; ATTEST_REFUSED, ATTEST_NO_KEY.
 */
u32 exchange_ask(struct exchange *exchange, const u8 data[EXCHANGE_DATA_SIZE]);

/* What the host says to the message that is out. ATTEST_DONE, ATTEST_SEND, ATTEST_BAD_STATE (none is), ATTEST_NO_KEY. */
u32 exchange_answer(struct exchange *exchange, const struct attest_answer *answer);

/* Gives the key up, and says why. Returns ATTEST_NO_KEY. */
u32 exchange_retire(struct exchange *exchange, const char *why);
