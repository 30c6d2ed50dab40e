/* SPDX-License-Identifier: MIT */
/* The attestation service against a PSP of this test's own, and hosts between the two. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "attest/attest.h"
#include "attest/crypto.h"
#include "psp.h"

#include <cmocka.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define HEADER sizeof(struct guest_message_header)
#define MANIFEST_SIZE 122U
#define BUSY (GUEST_REQUEST_BUSY << 32)
#define TOO_SMALL (GUEST_REQUEST_BUFFER_TOO_SMALL << 32)

static struct psp psp;
static struct channel_message message;
static u8 page[4096];
static u8 sent[ATTEST_MESSAGE_SIZE];
static struct {
	u8 nonce[ATTEST_NONCE_SIZE];
	u8 manifest[ATTEST_MANIFEST_MAX + 1];
} asked;

static u32 ask(u32 operation, const void *payload, size_t size)
{
	message.request.operation = operation;
	message.request.argument = 0;
	memcpy(message.request.payload, payload, size);
	message.payload_size = size;
	attest_answer(&message);
	assert_int_equal(message.reply.reserved, 0);
	return message.reply.status;
}

static u32 give_key(u64 sequence)
{
	struct attest_key key = {.sequence = sequence};
	memcpy(key.key, psp.key, sizeof(key.key));
	psp.last = sequence - 1;
	return ask(ATTEST_KEY, &key, sizeof(key));
}

static int setup(void **state)
{
	psp = (struct psp){0};
	for (u32 i = 0; i < sizeof(psp.key); i++) {
		psp.key[i] = (u8)(3 * i + 1);
	}
	memset(&asked, 0x4D, sizeof(asked));
	attest_reset();
	return give_key(1) == ATTEST_DONE ? 0 : -1;
}

static u32 ask_report(void)
{
	return ask(ATTEST_REPORT, &asked, ATTEST_NONCE_SIZE + MANIFEST_SIZE);
}

/* A message is let out; it is kept in `sent`. */
static void let_out(void)
{
	assert_int_equal(ask_report(), ATTEST_SEND);
	assert_int_equal(message.payload_size, sizeof(sent));
	memcpy(sent, message.reply.payload, sizeof(sent));
}

static u32 bring(u32 carried, u64 status)
{
	static struct attest_answer answer;
	answer = (struct attest_answer){.carried = carried, .status = status};
	memcpy(answer.page, page, sizeof(page));
	return ask(ATTEST_ANSWER, &answer, sizeof(answer));
}

static void assert_report(void)
{
	struct attestation_report report;
	u8 data[64];
	assert_int_equal(ask_report(), ATTEST_DONE);
	assert_int_equal(message.payload_size, sizeof(report));
	memcpy(&report, message.reply.payload, sizeof(report));
	psp_sha512(&asked, ATTEST_NONCE_SIZE + MANIFEST_SIZE, data);
	assert_memory_equal(report.report_data, data, sizeof(data));
}

static void assert_given_up(void)
{
	assert_int_equal(message.payload_size, 0);
	assert_int_equal(ask_report(), ATTEST_NO_KEY);
	assert_int_equal(bring(1, 0), ATTEST_NO_KEY);
	assert_int_equal(give_key(100), ATTEST_BAD_STATE);
	assert_int_equal(ask_report(), ATTEST_NO_KEY);
}

static void reports_are_made(void **state)
{
	for (u8 i = 0; i < 5; i++) {
		asked.nonce[0] = i;
		let_out();
		assert_true(psp_request(&psp, sent, page));
		assert_int_equal(bring(1, 0), ATTEST_DONE);
		assert_report();
		assert_int_equal(psp.last, 2U * i + 2);
	}
}

/* The same question again is another report. */
static void report_is_given_out_once(void **state)
{
	let_out();
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	assert_report();
	let_out();
	assert_true(psp_request(&psp, sent, page));
}

/* Whoever did not fetch it has lost it. */
static void other_question_drops_a_report(void **state)
{
	let_out();
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	asked.nonce[0] ^= 1;
	let_out();
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	asked.nonce[0] ^= 1;
	let_out();
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	assert_report();
}

static void one_key_in_a_life(void **state)
{
	assert_int_equal(give_key(1), ATTEST_BAD_STATE);
	let_out();
	assert_int_equal(((struct guest_message_header *)(void *)sent)->sequence, 1);
	attest_reset();
	assert_int_equal(ask_report(), ATTEST_NO_KEY);
	assert_int_equal(bring(1, 0), ATTEST_NO_KEY);
	assert_int_equal(give_key(1), ATTEST_DONE);
}

static bool holds_key(void)
{
	for (size_t i = 0; i + sizeof(psp.key) <= sizeof(message.bytes); i++) {
		if (memcmp(message.bytes + i, psp.key, sizeof(psp.key)) == 0) {
			return true;
		}
	}
	return false;
}

static void key_does_not_stay_in_the_channel(void **state)
{
	attest_reset();
	assert_int_equal(give_key(1), ATTEST_DONE);
	assert_false(holds_key());
	assert_int_equal(give_key(1), ATTEST_BAD_STATE);
	assert_false(holds_key());
}

static void requests_are_checked(void **state)
{
	static const u8 bytes[CHANNEL_PAYLOAD_MAX];
	static const struct {
		u32 operation;
		size_t size;
		u32 status;
	} cases[] = {
		{0, 0, ATTEST_UNKNOWN_OPERATION},
		{4, 0, ATTEST_UNKNOWN_OPERATION},
		{UINT32_MAX, 8, ATTEST_UNKNOWN_OPERATION},
		{ATTEST_KEY, sizeof(struct attest_key) - 1, ATTEST_BAD_SIZE},
		{ATTEST_KEY, sizeof(struct attest_key) + 1, ATTEST_BAD_SIZE},
		{ATTEST_REPORT, 0, ATTEST_BAD_SIZE},
		{ATTEST_REPORT, ATTEST_NONCE_SIZE - 1, ATTEST_BAD_SIZE},
		{ATTEST_REPORT, ATTEST_NONCE_SIZE + ATTEST_MANIFEST_MAX + 1, ATTEST_BAD_SIZE},
		{ATTEST_REPORT, CHANNEL_PAYLOAD_MAX, ATTEST_BAD_SIZE},
		{ATTEST_ANSWER, sizeof(struct attest_answer) - 1, ATTEST_BAD_SIZE},
		{ATTEST_ANSWER, CHANNEL_PAYLOAD_MAX, ATTEST_BAD_SIZE},
		{ATTEST_ANSWER, sizeof(struct attest_answer), ATTEST_BAD_STATE},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(ask(cases[i].operation, bytes, cases[i].size), cases[i].status);
		assert_int_equal(message.payload_size, 0);
	}
	for (u32 operation = ATTEST_KEY; operation <= ATTEST_ANSWER; operation++) {
		message.request.operation = operation;
		message.request.argument = 1;
		attest_answer(&message);
		assert_int_equal(message.reply.status, ATTEST_BAD_ARGUMENT);
	}
	assert_int_equal(ask(ATTEST_REPORT, bytes, ATTEST_NONCE_SIZE), ATTEST_SEND);
	assert_int_equal(ask(ATTEST_REPORT, bytes, ATTEST_NONCE_SIZE + ATTEST_MANIFEST_MAX), ATTEST_SEND);
}

/* Whatever is asked meanwhile, only this message goes out. */
static void message_put_off_is_sent_again_as_it_is(void **state)
{
	static const u64 statuses[] = {BUSY, TOO_SMALL, BUSY, BUSY};
	let_out();
	for (u32 i = 0; i < 100; i++) {
		assert_int_equal(bring(1, statuses[i % ARRAY_SIZE(statuses)]), ATTEST_SEND);
		assert_memory_equal(message.reply.payload, sent, sizeof(sent));
		asked.nonce[1] = (u8)i;
		assert_int_equal(ask_report(), ATTEST_SEND);
		assert_memory_equal(message.reply.payload, sent, sizeof(sent));
	}
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	let_out();
	assert_int_equal(((struct guest_message_header *)(void *)sent)->sequence, 3);
}

static void host_that_says_anything_else_ends_it(void **state)
{
	static const struct {
		u32 carried;
		u64 status;
	} cases[] = {
		{0, 0},          {0, BUSY},
		{2, 0},          {UINT32_MAX, BUSY},
		{1, 1},          {1, PSP_BAD_MEASUREMENT},
		{1, BUSY | 1},   {1, BUSY | 0x16},
		{1, 3ULL << 32}, {1, TOO_SMALL | 1},
		{1, UINT64_MAX}, {1, 0xFFFFFFFFULL << 32},
		{1, 1ULL << 63}, {1, PSP_AEAD_OVERFLOW},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(setup(state), 0);
		let_out();
		assert_true(psp_request(&psp, sent, page));
		assert_int_equal(bring(cases[i].carried, cases[i].status), ATTEST_NO_KEY);
		assert_given_up();
	}
}

/* Two parts of the header are neither authenticated nor looked at: the tag's second half, and 8 bytes behind the number. */
static bool is_protected(u32 byte)
{
	return byte < 0x10 || (byte >= 0x20 && byte < 0x28) || byte >= 0x30;
}

static void altered_response_ends_it(void **state)
{
	for (u32 byte = 0; byte < HEADER + sizeof(struct report_response); byte += byte < HEADER ? 1 : 7) {
		assert_int_equal(setup(state), 0);
		let_out();
		assert_true(psp_request(&psp, sent, page));
		page[byte] ^= (u8)(1U << byte % 8);
		assert_int_equal(bring(1, 0), is_protected(byte) ? ATTEST_NO_KEY : ATTEST_DONE);
		if (is_protected(byte)) {
			assert_given_up();
		} else {
			assert_report();
		}
	}
}

static void truncated_response_ends_it(void **state)
{
	static const u32 left[] = {0, 1, 0x20, 0x5F, 0x60, 0x61, 0x400, HEADER + sizeof(struct report_response) - 1};
	for (size_t i = 0; i < ARRAY_SIZE(left); i++) {
		assert_int_equal(setup(state), 0);
		let_out();
		assert_true(psp_request(&psp, sent, page));
		page[left[i]] |= 1; /* or the zeros that follow could be its own */
		page[left[i]] ^= 1;
		memset(page + left[i], 0, sizeof(page) - left[i]);
		u32 status = bring(1, 0);
		assert_true(status == ATTEST_NO_KEY || left[i] > 0x500);
	}
}

/* An older response, the request itself, nothing at all. */
static void other_page_ends_it(void **state)
{
	for (u32 which = 0; which < 3; which++) {
		static u8 older[sizeof(page)];
		assert_int_equal(setup(state), 0);
		let_out();
		assert_true(psp_request(&psp, sent, older));
		memcpy(page, older, sizeof(page));
		assert_int_equal(bring(1, 0), ATTEST_DONE);
		assert_report();
		let_out();
		assert_true(psp_request(&psp, sent, page));
		memset(page, 0, which > 0 ? sizeof(page) : 0);
		memcpy(page, which == 0 ? older : sent, which == 0 ? sizeof(older) : (which == 1 ? sizeof(sent) : 0));
		assert_int_equal(bring(1, 0), ATTEST_NO_KEY);
		assert_given_up();
	}
}

/* Sealed by the PSP, but not what was asked for: the channel is whole, the report is none. */
static void psp_that_refuses_costs_one_report(void **state)
{
	for (u32 which = 0; which < 7; which++) {
		let_out();
		psp.status = which == 0 || which == 4 ? PSP_STATUS_INVALID_PARAMETER : 0;
		psp.complete = which == 4;
		psp.report_size_change = which == 5 ? 1 : 0;
		psp.vmpl = which == 1 ? 1 : 0;
		psp.data_change = which == 2 ? 1 : 0;
		psp.size = which == 3 ? 0x20 : 0;
		assert_true(psp_request(&psp, sent, page));
		assert_int_equal(bring(1, 0), ATTEST_DONE);
		if (which < 6) {
			assert_int_equal(ask_report(), ATTEST_REFUSED);
			assert_int_equal(message.payload_size, 0);
		} else {
			assert_report();
		}
	}
}

static void response_of_another_kind_ends_it(void **state)
{
	for (u32 which = 0; which < 7; which++) {
		assert_int_equal(setup(state), 0);
		let_out();
		psp.type_change = which == 0 ? 2 : 0;
		psp.version_change = which == 1 ? 3 : 0;
		psp.size = which == 2 ? sizeof(struct report_response) + 1 : 0;
		psp.algorithm_change = which == 3 ? 1 : 0;
		psp.header_version_change = which == 4 ? 1 : 0;
		psp.header_size_change = which == 5 ? 1 : 0;
		psp.vmpck_change = which == 6 ? 1 : 0;
		assert_true(psp_request(&psp, sent, page));
		assert_int_equal(bring(1, 0), ATTEST_NO_KEY);
		assert_given_up();
	}
}

static void answer_to_nothing_is_none(void **state)
{
	assert_int_equal(bring(1, 0), ATTEST_BAD_STATE);
	let_out();
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	assert_int_equal(bring(1, 0), ATTEST_BAD_STATE);
	assert_report();
}

static void numbers_end(void **state)
{
	attest_reset();
	assert_int_equal(give_key(UINT64_MAX - 3), ATTEST_DONE);
	let_out();
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	assert_report();
	let_out(); /* UINT64_MAX - 1, and the answer has the last one */
	assert_true(psp_request(&psp, sent, page));
	assert_int_equal(bring(1, 0), ATTEST_DONE);
	assert_report();
	assert_int_equal(ask_report(), ATTEST_NO_KEY);
	static const u64 none[] = {0, UINT64_MAX};
	for (size_t i = 0; i < ARRAY_SIZE(none); i++) {
		attest_reset();
		assert_int_equal(give_key(none[i]), ATTEST_DONE);
		assert_int_equal(ask_report(), ATTEST_NO_KEY);
	}
}

/* libcrypto as it is when it has no memory. */
static bool crypto_fails;

void *__real_EVP_CIPHER_CTX_new(void);
void *__wrap_EVP_CIPHER_CTX_new(void);
int __real_OPENSSL_init_crypto(u64 options, const void *settings);
int __wrap_OPENSSL_init_crypto(u64 options, const void *settings);

void *__wrap_EVP_CIPHER_CTX_new(void)
{
	return crypto_fails ? NULL : __real_EVP_CIPHER_CTX_new();
}

int __wrap_OPENSSL_init_crypto(u64 options, const void *settings)
{
	return crypto_fails ? 0 : __real_OPENSSL_init_crypto(options, settings);
}

static void text_opened_wrongly_is_zero(void **state)
{
	static const u8 zeros[64];
	u8 text[64], sealed[64], opened[64], tag[CRYPTO_TAG_SIZE];
	memset(text, 0x5A, sizeof(text));
	struct crypto_gcm gcm = {
		.key = psp.key, .authenticated = asked.nonce, .authenticated_size = 8, .size = sizeof(text)};
	gcm.from = text;
	gcm.to = sealed;
	assert_true(crypto_gcm_seal(&gcm, tag));
	gcm.from = sealed;
	gcm.to = opened;
	assert_true(crypto_gcm_open(&gcm, tag));
	assert_memory_equal(opened, text, sizeof(text));
	tag[3] ^= 1;
	assert_false(crypto_gcm_open(&gcm, tag));
	assert_memory_equal(opened, zeros, sizeof(zeros));
	tag[3] ^= 1;
	crypto_fails = true;
	memcpy(opened, text, sizeof(opened));
	assert_false(crypto_gcm_open(&gcm, tag));
	assert_memory_equal(opened, zeros, sizeof(zeros));
	assert_false(crypto_gcm_seal(&gcm, tag));
	crypto_fails = false;
}

static void without_memory_the_key_is_given_up(void **state)
{
	crypto_fails = true;
	assert_int_equal(ask_report(), ATTEST_NO_KEY);
	crypto_fails = false;
	assert_given_up();
}

/* The service as a process, which is given a key and then no more: its exit status, and the status of its reply, UINT32_MAX for none. */
static int run_with_key(bool again, u32 *status)
{
	int ends[2];
	struct channel_message given = {0};
	size_t size = CHANNEL_HEAD_SIZE + sizeof(struct attest_key);
	given.request.operation = ATTEST_KEY;
	given.request.payload[offsetof(struct attest_key, sequence)] = 1;
	assert_int_equal(dup2(STDIN_FILENO, CHANNEL_DESCRIPTOR),
			 CHANNEL_DESCRIPTOR); /* neither end is to get its number */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	assert_int_equal(dup2(ends[1], CHANNEL_DESCRIPTOR), CHANNEL_DESCRIPTOR);
	assert_int_equal(write(ends[0], given.bytes, size), size);
	assert_int_equal(shutdown(ends[0], SHUT_WR), 0);
	attest_reset();
	int result = attest_run(again);
	bool replied = recv(ends[0], given.bytes, sizeof(given.bytes), MSG_DONTWAIT) == CHANNEL_HEAD_SIZE;
	*status = replied ? given.reply.status : UINT32_MAX;
	close(ends[0]);
	close(ends[1]);
	close(CHANNEL_DESCRIPTOR);
	return result;
}

static void process_that_comes_again_gets_no_key(void **state)
{
	u32 status;
	assert_int_equal(run_with_key(false, &status), 0);
	assert_int_equal(status, ATTEST_DONE);
	assert_int_equal(run_with_key(true, &status), 0);
	assert_int_equal(status, ATTEST_BAD_STATE);
	crypto_fails = true;
	assert_int_equal(run_with_key(false, &status), 1);
	crypto_fails = false;
	assert_int_equal(status, UINT32_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reports_are_made, setup),
		cmocka_unit_test_setup(report_is_given_out_once, setup),
		cmocka_unit_test_setup(other_question_drops_a_report, setup),
		cmocka_unit_test_setup(one_key_in_a_life, setup),
		cmocka_unit_test_setup(key_does_not_stay_in_the_channel, setup),
		cmocka_unit_test_setup(requests_are_checked, setup),
		cmocka_unit_test_setup(message_put_off_is_sent_again_as_it_is, setup),
		cmocka_unit_test_setup(host_that_says_anything_else_ends_it, setup),
		cmocka_unit_test_setup(altered_response_ends_it, setup),
		cmocka_unit_test_setup(truncated_response_ends_it, setup),
		cmocka_unit_test_setup(other_page_ends_it, setup),
		cmocka_unit_test_setup(psp_that_refuses_costs_one_report, setup),
		cmocka_unit_test_setup(response_of_another_kind_ends_it, setup),
		cmocka_unit_test_setup(answer_to_nothing_is_none, setup),
		cmocka_unit_test_setup(numbers_end, setup),
		cmocka_unit_test_setup(text_opened_wrongly_is_zero, setup),
		cmocka_unit_test_setup(without_memory_the_key_is_given_up, setup),
		cmocka_unit_test(process_that_comes_again_gets_no_key),
	};
	return cmocka_run_group_tests_name("attestation service", tests, NULL, NULL);
}
