/* SPDX-License-Identifier: MIT */
/* Services, hosts and other guests that get in the way of evidence. */
#include "svsm_groups.h"

#include <copra/vtpm.h>

#include "attestation_setup.h"
#include "protocol/attestation_manifest.h"
#include "protocol/evidence.h"

static void key_is_handed_over_once_and_wiped(void **state)
{
	static const u8 zero[2 * GUEST_MESSAGE_KEY_SIZE];
	for (u32 i = 0; i < GUEST_MESSAGE_KEY_SIZE; i++) {
		assert_int_equal(fake_attest.key[i], i + 1);
		assert_int_equal(attest_secrets.vmpck[2][i], 2 * GUEST_MESSAGE_KEY_SIZE + i + 1);
	}
	assert_int_equal(fake_attest.keys, 1);
	assert_memory_equal(attest_secrets.vmpck[0], zero, sizeof(zero));
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_SUCCESS);
	assert_int_equal(fake_attest.keys, 1);
}

static void assert_not_offered(void)
{
	assert_int_equal(attest_query_protocol(1), 0);
	assert_int_equal(attest_call_untold(SVSM_ATTEST_SERVICES), SVSM_ERR_UNSUPPORTED_PROTOCOL);
	assert_int_equal(attest_secrets.vmpck[0][0], 0);
}

static void begin_again(void *message_pages)
{
	attest_secrets.vmpck[0][0] = 1;
	evidence_begin(&attest_secrets, GUEST_VMPL, message_pages);
	assert_not_offered();
}

static void start_that_fails_costs_the_protocol_only(void **state)
{
	begin_again(NULL);
	fake.faults.messages_refused = true;
	begin_again(attest_pages);
	fake.faults.messages_refused = false;
	fake_attest.attest_status = ATTEST_BAD_STATE;
	begin_again(attest_pages);
	fake_attest.attest_status = 0;
	fake_attest.attest_error = ERR_LOST;
	begin_again(attest_pages);
	fake_attest.attest_error = ERR_INCOMPLETE;
	begin_again(attest_pages);
}

static void host_without_certificates(void **state)
{
	memset(fake_attest.certificates, 0, sizeof(fake_attest.certificates));
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rdx, 0);
	assert_true(attest_is_untouched(CERTIFICATES));
}

static void host_with_nonsense_for_certificates(void **state)
{
	static const u32 bad[][2] = {{48, PLATFORM_CERTIFICATES_MAX}, {UINT32_MAX, 1}, {1, UINT32_MAX}};
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		memcpy(fake_attest.certificates + 16, bad[i], sizeof(bad[i]));
		assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
		assert_int_equal(attest_registers.rdx, 0);
	}
}

static void host_with_too_many_certificates(void **state)
{
	fake_attest.host_status = GUEST_REQUEST_BUFFER_TOO_SMALL << 32;
	fake_attest.host_statuses = 1;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rdx, 0);
	assert_int_equal(fake_attest.plain_messages, 1);
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rdx, 56); /* the next one is asked with certificates again */
	fake_attest.host_statuses = 1;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rdx, 0); /* and those are not given to the one after it */
	assert_false(fake_attest.repeated);
}

/* The second time it is taken for busy. */
static void host_that_has_too_many_for_ever(void **state)
{
	fake_attest.host_status = GUEST_REQUEST_BUFFER_TOO_SMALL << 32;
	fake_attest.host_statuses = 1000;
	u32 busy = 0;
	for (u32 i = 0; i < 20; i++) {
		busy += attest_call_on(1, SVSM_ATTEST_SINGLE_SERVICE, OPERATION) == SVSM_ERR_BUSY ? 1 : 0;
	}
	assert_in_range(busy, 5, 10);
	assert_int_equal(fake_attest.messages, 0);
}

/* The entries need not be in order, and a table that does not end is none. */
static void table_of_certificates_is_measured(void **state)
{
	static const u8 crossed[80] = {[0] = 1, [16] = 76, [20] = 4, [24] = 1, [40] = 72, [44] = 4};
	assert_int_equal(manifest_certificates_size(span_of(crossed, sizeof(crossed))), 80);
	assert_int_equal(manifest_certificates_size(span_of(crossed, 48)), 0);
	assert_int_equal(manifest_certificates_size(span_of(crossed + 48, 24)), 0);
	static const u8 endless[48] = {[0] = 1, [20] = 4, [24] = 1, [44] = 4};
	assert_int_equal(manifest_certificates_size(span_of(endless, sizeof(endless))), 0);
}

/* What came for another question is not given out. */
static void certificates_are_for_who_asks_for_them(void **state)
{
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rdx, 56);
	attest_setup_operation();
	attest_operation.certificates.size = 0;
	attest_write_operation();
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	assert_int_equal(attest_registers.rdx, 0);
}

static void busy_host_only_delays(void **state)
{
	fake_attest.host_status = GUEST_REQUEST_BUSY << 32;
	fake_attest.host_statuses = 1000;
	u32 busy = 0;
	u64 result;
	while ((result = attest_call_on(1, SVSM_ATTEST_SINGLE_SERVICE, OPERATION)) != SVSM_SUCCESS && busy <= 1000) {
		assert_true(result == SVSM_ERR_INCOMPLETE || result == SVSM_ERR_BUSY);
		busy += result == SVSM_ERR_BUSY ? 1 : 0;
	}
	assert_int_equal(busy, 1000);
	assert_int_equal(fake_attest.messages, 1);
	assert_false(fake_attest.repeated);
}

static void broken_channel_ends_the_protocol(void **state)
{
	static const u64 statuses[] = {1, PSP_INVALID_PARAMETER, PSP_BAD_MEASUREMENT, 3ULL << 32, 0xFFFFFFFFULL << 32};
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		fake_attest_reset();
		evidence_begin(&attest_secrets, GUEST_VMPL, attest_pages);
		fake_attest.host_status = statuses[i];
		fake_attest.host_statuses = 1;
		assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_UNSUPPORTED_PROTOCOL);
		assert_not_offered();
	}
	assert_true(attest_is_untouched(REPORT));
}

static void dead_service_ends_the_protocol(void **state)
{
	for (u32 step = 0; step < STEPS; step++) {
		fake_attest_reset();
		evidence_begin(&attest_secrets, GUEST_VMPL, attest_pages);
		for (u32 i = 0; i < step; i++) {
			(void)attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION);
		}
		fake_attest.attest_error = ERR_LOST;
		assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_UNSUPPORTED_PROTOCOL);
		fake_attest.attest_error = ERR_OK;
		assert_not_offered();
	}
}

static void error_costs_one_question(void **state)
{
	fake_attest.refused = true;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_INVALID_REQUEST);
	fake_attest.refused = false;
	fake_attest.vtpm_error = ERR_LOST;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_INVALID_REQUEST);
	fake_attest.vtpm_error = ERR_TRUNCATED;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_INVALID_REQUEST);
	fake_attest.vtpm_error = ERR_OK;
	fake_attest.endorsement_key_size = 0;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_INVALID_REQUEST);
	fake_attest.endorsement_key_size = KEY_SIZE;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_SUCCESS);
	assert_false(fake_attest.repeated);
}

static void foreign_reply_is_an_error(void **state)
{
	static const u32 statuses[] = {ATTEST_UNKNOWN_OPERATION, ATTEST_BAD_SIZE, ATTEST_BAD_STATE, ATTEST_SEND,
				       ATTEST_DONE + 100};
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		fake_attest.attest_status = statuses[i];
		assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_ERR_INVALID_REQUEST);
	}
	fake_attest.attest_status = 0;
	for (u32 step = 1; step < STEPS; step++) {
		for (u32 i = 0; i < step; i++) {
			assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INCOMPLETE);
		}
		fake_attest.reply_cut = step == 3 ? 0 : 1;
		u64 result = attest_call_until_done(SVSM_ATTEST_SERVICES);
		fake_attest.reply_cut = 0;
		assert_int_equal(result, step == 3 ? SVSM_SUCCESS : SVSM_ERR_INVALID_REQUEST);
	}
	assert_false(fake_attest.repeated);
}

static enum err odd_error;
static struct service_reply odd_reply;
static enum service odd_service;
static fake_service_fn *usual;

/* One service answers what it never should; the other one is as it is. */
static enum err respond_oddly(enum service service, const struct service_request *request, struct service_reply *reply)
{
	if (service != odd_service) {
		return usual(service, request, reply);
	}
	reply->status = odd_reply.status;
	reply->size = odd_reply.size;
	return odd_error;
}

static void answer_oddly(enum service service, enum err error, u32 status, size_t size)
{
	usual = fake_service.respond;
	fake_service.respond = respond_oddly;
	odd_service = service;
	odd_error = error;
	odd_reply = (struct service_reply){.status = status, .size = size};
}

static void advance(u32 steps)
{
	for (u32 i = 0; i < steps; i++) {
		assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INCOMPLETE);
	}
}

/* With an error nothing of the reply counts. */
static void reply_that_is_too_long_is_none(void **state)
{
	static const u32 statuses[] = {ATTEST_NO_KEY, ATTEST_DONE};
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++) {
		advance(1);
		answer_oddly(SERVICE_ATTEST, ERR_TRUNCATED, statuses[i], sizeof(struct attestation_report));
		assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INVALID_REQUEST);
		fake_service.respond = usual;
		assert_int_equal(attest_query_protocol(1), 1ULL << 32 | 1);
	}
}

static void vtpm_that_fails_costs_one_question(void **state)
{
	answer_oddly(SERVICE_VTPM, ERR_OK, VTPM_FAILED, KEY_SIZE);
	assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INVALID_REQUEST);
	fake_service.respond = usual;
	assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_SUCCESS);
}

/* The next one to ask, whoever it is, need not wait. */
static void failed_question_holds_up_nobody(void **state)
{
	fake_attest.vtpm_error = ERR_LOST;
	assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INVALID_REQUEST);
	fake_attest.vtpm_error = ERR_OK;
	attest_write_nonce(55);
	assert_int_equal(attest_call_on(0, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INCOMPLETE);
}

static void slow_vtpm_keeps_the_turn(void **state)
{
	fake_attest.slices = 3;
	advance(2);
	attest_write_nonce(55);
	assert_int_equal(attest_call_on(0, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_BUSY);
}

static void service_that_is_given_up_ends_the_protocol(void **state)
{
	advance(1);
	answer_oddly(SERVICE_ATTEST, ERR_NOT_FOUND, 0, 0);
	assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_UNSUPPORTED_PROTOCOL);
	fake_service.respond = usual;
	assert_not_offered();
}

static void protocol_needs_its_service(void **state)
{
	static const struct evidence_question question;
	struct evidence evidence;
	fake_service.there[SERVICE_ATTEST] = false;
	assert_int_equal(attest_query_protocol(1), 0);
	assert_err(evidence_step(&question, &evidence), ERR_NOT_FOUND);
}

static void answer_that_is_not_taken_costs_the_question(void **state)
{
	advance(3);
	answer_oddly(SERVICE_ATTEST, ERR_OK, ATTEST_BAD_STATE, 0);
	assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INVALID_REQUEST);
	fake_service.respond = usual;
}

/* The host is busy, and what the service would have sent again is no message. */
static void message_that_is_lost_costs_the_question(void **state)
{
	fake_attest.host_status = GUEST_REQUEST_BUSY << 32;
	fake_attest.host_statuses = 1;
	advance(3);
	fake_attest.reply_cut = 1;
	assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INVALID_REQUEST);
}

static u64 result_meanwhile;

static void ask_meanwhile(void)
{
	fake_service.during = NULL;
	result_meanwhile = attest_call_on(0, SVSM_ATTEST_SERVICES, OPERATION);
}

static void one_cpu_at_a_time(void **state)
{
	fake_service.during = ask_meanwhile;
	(void)attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION);
	assert_int_equal(result_meanwhile, SVSM_ERR_BUSY);
}

static void slow_services_take_more_calls(void **state)
{
	static const enum err waits[] = {ERR_INCOMPLETE, ERR_BUSY, ERR_NO_MEMORY};
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		fake_attest.slices = 7;
		fake_attest.wait = waits[i];
		assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
	}
	assert_int_equal(fake_attest.messages, ARRAY_SIZE(waits));
	assert_false(fake_attest.repeated);
}

/* Whoever asks the same goes on with it, from any CPU; who asks something else waits for his turn. */
static void one_question_at_a_time(void **state)
{
	for (u32 step = 1; step < STEPS; step++) {
		attest_write_nonce((u8)step);
		for (u32 i = 0; i < step; i++) {
			assert_int_equal(attest_call_on(i % 2, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INCOMPLETE);
		}
		attest_write_nonce(99);
		assert_int_equal(attest_call_on(0, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_BUSY);
		attest_write_nonce((u8)step);
		assert_int_equal(attest_call_on(0, SVSM_ATTEST_SINGLE_SERVICE, OPERATION), SVSM_ERR_BUSY);
		assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_SUCCESS);
	}
	assert_int_equal(fake_attest.messages, STEPS - 1);
}

/* The message that is out goes out again and its answer is waited for, or the PSP would count differently. */
static void who_gives_up_loses_his_turn(void **state)
{
	for (u32 step = 1; step < STEPS; step++) {
		attest_write_nonce((u8)step);
		for (u32 i = 0; i < step; i++) {
			assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION), SVSM_ERR_INCOMPLETE);
		}
		fake_service.clock += 3 * SECOND;
		attest_write_nonce((u8)(100 + step));
		assert_int_equal(attest_call_until_done(SVSM_ATTEST_SINGLE_SERVICE), SVSM_SUCCESS);
		attest_assert_binds(fake_attest.endorsement_key, KEY_SIZE);
		assert_false(fake_attest.repeated);
	}
}

/* The service takes two questions for one when they have the same nonce and manifest; but one of them wants certificates. */
static void same_nonce_with_and_without_certificates(void **state)
{
	for (u32 step = 1; step < STEPS; step++) {
		for (u32 wanted = 0; wanted < 2; wanted++) {
			attest_write_nonce((u8)(2 * step + wanted));
			attest_operation.certificates.size = wanted != 0 ? 0 : 4 * PAGE_SIZE;
			attest_write_operation();
			for (u32 i = 0; i < step; i++) {
				assert_int_equal(attest_call_on(1, SVSM_ATTEST_SERVICES, OPERATION),
						 SVSM_ERR_INCOMPLETE);
			}
			fake_service.clock += 3 * SECOND;
			attest_operation.certificates.size = wanted != 0 ? 4 * PAGE_SIZE : 0;
			attest_write_operation();
			assert_int_equal(attest_call_until_done(SVSM_ATTEST_SERVICES), SVSM_SUCCESS);
			assert_int_equal(attest_registers.rdx, wanted != 0 ? 56 : 0);
			assert_false(fake_attest.repeated);
		}
	}
}

#define ATTESTATION_TEST(function) cmocka_unit_test_setup_teardown(function, setup_attestation, teardown_guest)

int test_evidence(void)
{
	const struct CMUnitTest tests[] = {
		ATTESTATION_TEST(key_is_handed_over_once_and_wiped),
		ATTESTATION_TEST(start_that_fails_costs_the_protocol_only),
		ATTESTATION_TEST(host_without_certificates),
		ATTESTATION_TEST(host_with_nonsense_for_certificates),
		ATTESTATION_TEST(host_with_too_many_certificates),
		ATTESTATION_TEST(host_that_has_too_many_for_ever),
		ATTESTATION_TEST(table_of_certificates_is_measured),
		ATTESTATION_TEST(certificates_are_for_who_asks_for_them),
		ATTESTATION_TEST(reply_that_is_too_long_is_none),
		ATTESTATION_TEST(vtpm_that_fails_costs_one_question),
		ATTESTATION_TEST(failed_question_holds_up_nobody),
		ATTESTATION_TEST(slow_vtpm_keeps_the_turn),
		ATTESTATION_TEST(service_that_is_given_up_ends_the_protocol),
		ATTESTATION_TEST(protocol_needs_its_service),
		ATTESTATION_TEST(answer_that_is_not_taken_costs_the_question),
		ATTESTATION_TEST(message_that_is_lost_costs_the_question),
		ATTESTATION_TEST(one_cpu_at_a_time),
		ATTESTATION_TEST(busy_host_only_delays),
		ATTESTATION_TEST(broken_channel_ends_the_protocol),
		ATTESTATION_TEST(dead_service_ends_the_protocol),
		ATTESTATION_TEST(error_costs_one_question),
		ATTESTATION_TEST(foreign_reply_is_an_error),
		ATTESTATION_TEST(slow_services_take_more_calls),
		ATTESTATION_TEST(one_question_at_a_time),
		ATTESTATION_TEST(who_gives_up_loses_his_turn),
		ATTESTATION_TEST(same_nonce_with_and_without_certificates),
	};
	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
