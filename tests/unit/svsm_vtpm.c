/* SPDX-License-Identifier: MIT */
/* The vTPM protocol on a model of its service. */
#include "svsm_groups.h"

#include <copra/vtpm.h>

#include "fake_service.h"
#include "protocol/protocol.h"
#include "protocol/vtpm.h"
#include "svsm_setup.h"

#define BUFFER (GUEST_PRIVATE + 0x12000)
#define LAST_PAGE (GUEST_PRIVATE + 4 * MIB - PAGE_SIZE) /* what follows is not the guest's private memory */
#define TOP_PAGE 0xFFFFFFFFFFFFF000ULL
#define HEAD sizeof(struct svsm_vtpm_request)
#define PATIENCE 256U

static u8 scratch[REQUEST_SCRATCH];
static const u8 get_random[] = {0x80, 0x01, 0, 0, 0, 12, 0, 0, 1, 0x7B, 0, 8};
static const u8 response[] = {0x80, 0x01, 0, 0, 0, 20, 0, 0, 0, 0, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8};
static const u8 retry[] = {0x80, 0x01, 0, 0, 0, 10, 0, 0, 0x09, 0x22};

static u64 call_on(u32 apic_id, u32 call, u64 rcx)
{
	struct request request = {
		.rax = (u64)SVSM_PROTOCOL_VTPM << 32 | call,
		.rcx = rcx,
		.rdx = 0x2222,
		.r8 = 0x3333,
		.vcpu = setup_vcpu(apic_id),
		.scratch = scratch,
	};
	protocol_dispatch(&request);
	assert_int_equal(request.rcx, rcx);
	assert_int_equal(request.rdx, 0x2222);
	assert_int_equal(request.r8, 0x3333);
	return request.rax;
}

/* vCPU 1 is one that the guest has made; vCPU 0 has VMSA and calling area of the boot. */
static u64 call_command(u64 rcx)
{
	return call_on(1, SVSM_VTPM_CMD, rcx);
}

static void write_head(u64 address, u32 command, u8 locality, u32 size)
{
	const struct svsm_vtpm_request head = {.command = command, .locality = locality, .size = size};
	memcpy(fake_bytes(gpa(address)), &head, sizeof(head));
}

static void write_command(u64 address)
{
	write_head(address, SVSM_VTPM_SEND_COMMAND, 0, sizeof(get_random));
	memcpy(fake_bytes(gpa(address + HEAD)), get_random, sizeof(get_random));
}

static void assert_answered(u64 address, const u8 *bytes, u32 size)
{
	u32 answered;
	memcpy(&answered, fake_bytes(gpa(address)), sizeof(answered));
	assert_int_equal(answered, size);
	assert_memory_equal(fake_bytes(gpa(address + sizeof(answered))), bytes, size);
}

static void setup_service(void)
{
	fake_service = (struct fake_service){.there = {[SERVICE_VTPM] = true}, .reply_size = sizeof(response)};
	memcpy(fake_service.reply, response, sizeof(response));
}

/* A command that is done ends what the test before has counted. */
static int setup_vtpm(void **state)
{
	setup_guest(state);
	setup_service();
	write_command(BUFFER);
	assert_int_equal(call_command(BUFFER), SVSM_SUCCESS);
	setup_service();
	return 0;
}

static void query_names_one_command(void **state)
{
	struct request request = {.rax = (u64)SVSM_PROTOCOL_VTPM << 32, .rcx = 1, .rdx = 2, .vcpu = setup_vcpu(0)};
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_SUCCESS);
	assert_int_equal(request.rcx, 1U << 8);
	assert_int_equal(request.rdx, 0);
	assert_int_equal(fake_service.calls, 0);
}

static void other_protocols_are_none_of_it(void **state)
{
	struct request request = {.rax = 3ULL << 32 | SVSM_VTPM_QUERY, .rcx = 1, .vcpu = setup_vcpu(0)};
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
	assert_int_equal(request.rcx, 1);
}

static void without_service_there_is_no_protocol(void **state)
{
	fake_service.there[SERVICE_VTPM] = false;
	write_command(BUFFER);
	for (u32 call = 0; call < 3; call++) {
		assert_int_equal(call_on(0, call, BUFFER), SVSM_ERR_UNSUPPORTED_PROTOCOL);
	}
	assert_int_equal(fake_service.calls, 0);
}

static u64 query_protocol(u64 rcx)
{
	struct request request = {.rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = rcx, .vcpu = setup_vcpu(0)};
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_SUCCESS);
	return request.rcx;
}

static void protocol_is_listed_with_its_service(void **state)
{
	assert_int_equal(query_protocol(2ULL << 32 | 1), 1ULL << 32 | 1);
	assert_int_equal(query_protocol(2ULL << 32), 0);
	assert_int_equal(query_protocol(2ULL << 32 | 2), 0);
	fake_service.there[SERVICE_VTPM] = false;
	assert_int_equal(query_protocol(2ULL << 32 | 1), 0);
}

static void other_calls_are_unsupported(void **state)
{
	assert_int_equal(call_on(0, 2, BUFFER), SVSM_ERR_UNSUPPORTED_CALL);
	assert_int_equal(call_on(0, UINT32_MAX, BUFFER), SVSM_ERR_UNSUPPORTED_CALL);
}

static void every_address_is_checked(void **state)
{
	static const struct {
		u64 rcx, result;
	} cases[] = {
		{0, SVSM_ERR_INVALID_PARAMETER},
		{GUEST_SHARED, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_HOLE, SVSM_ERR_INVALID_ADDRESS},
		{SVSM_BASE, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_OTHER_VMSA, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_RETIRED_VMSA, SVSM_ERR_INVALID_ADDRESS},
		{TOP_PAGE, SVSM_ERR_INVALID_ADDRESS},
		{UINT64_MAX, SVSM_ERR_INVALID_ADDRESS},
		{UINT64_MAX - HEAD, SVSM_ERR_INVALID_ADDRESS},
		{LAST_PAGE + PAGE_SIZE - HEAD + 1, SVSM_ERR_INVALID_ADDRESS},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(call_command(cases[i].rcx), cases[i].result);
	}
	write_head(LAST_PAGE + PAGE_SIZE - HEAD, SVSM_VTPM_SEND_COMMAND, 0, 10);
	assert_int_equal(call_command(LAST_PAGE + PAGE_SIZE - HEAD), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake_service.calls, 0);
}

static void every_field_is_checked(void **state)
{
	static const struct {
		u32 command;
		u8 locality;
		u32 size;
		u64 result;
	} cases[] = {
		{0, 0, 12, SVSM_ERR_INVALID_PARAMETER},          {1, 0, 12, SVSM_ERR_UNSUPPORTED_CALL},
		{7, 0, 12, SVSM_ERR_UNSUPPORTED_CALL},           {9, 0, 12, SVSM_ERR_UNSUPPORTED_CALL},
		{18, 0, 12, SVSM_ERR_UNSUPPORTED_CALL},          {19, 0, 12, SVSM_ERR_INVALID_PARAMETER},
		{20, 0, 12, SVSM_ERR_UNSUPPORTED_CALL},          {22, 0, 12, SVSM_ERR_INVALID_PARAMETER},
		{30, 0, 12, SVSM_ERR_UNSUPPORTED_CALL},          {31, 0, 12, SVSM_ERR_INVALID_PARAMETER},
		{64, 0, 12, SVSM_ERR_INVALID_PARAMETER},         {72, 0, 12, SVSM_ERR_INVALID_PARAMETER},
		{8, 1, 12, SVSM_ERR_INVALID_PARAMETER},          {8, 4, 12, SVSM_ERR_INVALID_PARAMETER},
		{8, 255, 12, SVSM_ERR_INVALID_PARAMETER},        {8, 0, 0, SVSM_ERR_INVALID_PARAMETER},
		{8, 0, 4088, SVSM_ERR_INVALID_PARAMETER},        {8, 0, UINT32_MAX, SVSM_ERR_INVALID_PARAMETER},
		{8, 0, 0x80000000U, SVSM_ERR_INVALID_PARAMETER},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_head(BUFFER, cases[i].command, cases[i].locality, cases[i].size);
		assert_int_equal(call_command(BUFFER), cases[i].result);
	}
	assert_int_equal(fake_service.calls, 0);
}

static void command_and_response_are_carried(void **state)
{
	static const u64 addresses[] = {BUFFER, BUFFER + 1, BUFFER + PAGE_SIZE - 12, LAST_PAGE};
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		write_command(addresses[i]);
		assert_int_equal(call_command(addresses[i]), SVSM_SUCCESS);
		assert_int_equal(fake_service.operation, VTPM_COMMAND);
		assert_int_equal(fake_service.argument, 0);
		assert_int_equal(fake_service.payload_size, sizeof(get_random));
		assert_memory_equal(fake_service.payload, get_random, sizeof(get_random));
		assert_answered(addresses[i], response, sizeof(response));
	}
}

static void longest_command_and_response(void **state)
{
	u8 *bytes = fake_bytes(gpa(BUFFER));
	memset(bytes, 0x5A, PAGE_SIZE);
	write_head(BUFFER, SVSM_VTPM_SEND_COMMAND, 0, VTPM_MESSAGE_MAX);
	memset(fake_service.reply, 0xC3, VTPM_MESSAGE_MAX);
	fake_service.reply_size = VTPM_MESSAGE_MAX;
	assert_int_equal(call_command(BUFFER), SVSM_SUCCESS);
	assert_int_equal(fake_service.payload_size, VTPM_MESSAGE_MAX);
	assert_answered(BUFFER, fake_service.reply, VTPM_MESSAGE_MAX);
	assert_int_equal(bytes[PAGE_SIZE - 1], 0x5A); /* behind the response nothing is written */
}

static void long_command_is_fetched_by_calling_again(void **state)
{
	static const u64 again[] = {SVSM_ERR_INCOMPLETE, SVSM_ERR_BUSY, SVSM_ERR_BUSY};
	static const enum err waits[] = {ERR_INCOMPLETE, ERR_BUSY, ERR_NO_MEMORY};
	for (size_t i = 0; i < ARRAY_SIZE(waits); i++) {
		write_command(BUFFER);
		fake_service.waits = waits[i];
		fake_service.slices = 2;
		assert_int_equal(call_command(BUFFER), again[i]);
		assert_int_equal(call_command(BUFFER), again[i]);
		assert_memory_equal(fake_bytes(gpa(BUFFER + HEAD)), get_random, sizeof(get_random));
		assert_int_equal(call_command(BUFFER), SVSM_SUCCESS);
		assert_answered(BUFFER, response, sizeof(response));
	}
}

/* It would take "incomplete" for the end. */
static void firmware_gets_its_answer_in_one_call(void **state)
{
	write_command(BUFFER);
	fake_service.slices = 5000;
	assert_int_equal(call_on(0, SVSM_VTPM_CMD, BUFFER), SVSM_SUCCESS);
	assert_int_equal(fake_service.calls, 5001);
	assert_answered(BUFFER, response, sizeof(response));
	write_command(BUFFER);
	fake_service.slices = UINT32_MAX;
	assert_int_equal(call_on(0, SVSM_VTPM_CMD, BUFFER), SVSM_ERR_INCOMPLETE);
}

static void moved_calling_area_ends_firmware(void **state)
{
	assert_err(vcpu_remap_calling_area(setup_vcpu(0), gpa(GUEST_PRIVATE + 0x14000)), ERR_OK);
	write_command(BUFFER);
	fake_service.slices = 1;
	assert_int_equal(call_on(0, SVSM_VTPM_CMD, BUFFER), SVSM_ERR_INCOMPLETE);
	assert_int_equal(call_on(0, SVSM_VTPM_CMD, BUFFER), SVSM_SUCCESS);
}

/* How many calls are made until one is answered other than "incomplete". */
static u32 calls_until_answer(u32 apic_id)
{
	u32 calls = 1;
	write_command(BUFFER);
	while (call_on(apic_id, SVSM_VTPM_CMD, BUFFER) == SVSM_ERR_INCOMPLETE) {
		calls++;
	}
	return calls;
}

static void guest_that_repeats_is_sent_to_sleep(void **state)
{
	fake_service.slices = UINT32_MAX;
	u32 expected = PATIENCE;
	for (u32 i = 0; i < 8; i++) {
		assert_int_equal(calls_until_answer(1), expected);
		assert_answered(BUFFER, retry, sizeof(retry));
		expected = expected < 16 * PATIENCE ? 2 * expected : expected;
	}
	fake_service.slices = 7;
	assert_int_equal(calls_until_answer(1), 8);
	assert_answered(BUFFER, response, sizeof(response));
	fake_service.slices = UINT32_MAX;
	assert_int_equal(calls_until_answer(1), PATIENCE);
}

/* Calls that last longer than they should: fewer are granted, and the time begins anew with the next command that is sent. */
static void guest_does_not_wait_for_long(void **state)
{
	fake_service.slices = UINT32_MAX;
	write_command(BUFFER);
	assert_int_equal(call_on(1, SVSM_VTPM_CMD, BUFFER), SVSM_ERR_INCOMPLETE);
	fake_service.clock += 7999999999ULL;
	assert_int_equal(call_on(1, SVSM_VTPM_CMD, BUFFER), SVSM_ERR_INCOMPLETE);
	fake_service.clock += 1;
	assert_int_equal(call_on(1, SVSM_VTPM_CMD, BUFFER), SVSM_SUCCESS);
	assert_answered(BUFFER, retry, sizeof(retry));
	assert_int_equal(calls_until_answer(1), 2 * PATIENCE);
}

static void each_vcpu_counts_its_calls(void **state)
{
	u32 code;
	setup_write_vmsa(GUEST_PRIVATE + 0x16000 + 0x1000);
	assert_err(vcpu_create(2, gpa(GUEST_PRIVATE + 0x17000), gpa(GUEST_PRIVATE + 0x18000), &code), ERR_OK);
	fake_service.slices = UINT32_MAX;
	write_command(BUFFER);
	for (u32 i = 0; i < PATIENCE - 1; i++) {
		assert_int_equal(call_command(BUFFER), SVSM_ERR_INCOMPLETE);
	}
	assert_int_equal(calls_until_answer(2), PATIENCE);
	write_command(BUFFER);
	assert_int_equal(call_command(BUFFER), SVSM_ERR_INCOMPLETE); /* it has 512 now */
}

static void error_costs_one_call(void **state)
{
	static const struct {
		enum err answer;
		u64 result;
	} cases[] = {
		{ERR_LOST, SVSM_ERR_INVALID_REQUEST},           {ERR_TRUNCATED, SVSM_ERR_INVALID_REQUEST},
		{ERR_RANGE, SVSM_ERR_INVALID_REQUEST},          {ERR_STATE, SVSM_ERR_INVALID_REQUEST},
		{ERR_NOT_FOUND, SVSM_ERR_UNSUPPORTED_PROTOCOL},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		write_command(BUFFER);
		fake_service.answer = cases[i].answer;
		assert_int_equal(call_command(BUFFER), cases[i].result);
		assert_memory_equal(fake_bytes(gpa(BUFFER + HEAD)), get_random, sizeof(get_random));
		fake_service.answer = ERR_OK;
		assert_int_equal(call_command(BUFFER), SVSM_SUCCESS);
	}
}

static void foreign_reply_is_an_error(void **state)
{
	write_command(BUFFER);
	fake_service.status = VTPM_FAILED;
	assert_int_equal(call_command(BUFFER), SVSM_ERR_INVALID_REQUEST);
	fake_service.status = VTPM_DONE;
	fake_service.reply_size = VTPM_MESSAGE_MAX + 1;
	assert_int_equal(call_command(BUFFER), SVSM_ERR_INVALID_REQUEST);
}

static void change_command(void)
{
	memset(fake_bytes(gpa(BUFFER)), 0xFF, 64);
}

/* What another CPU writes into the buffer meanwhile reaches nobody. */
static void command_is_read_once(void **state)
{
	write_command(BUFFER);
	fake_service.during = change_command;
	assert_int_equal(call_command(BUFFER), SVSM_SUCCESS);
	assert_memory_equal(fake_service.payload, get_random, sizeof(get_random));
	assert_answered(BUFFER, response, sizeof(response));
}

static void take_buffer(void)
{
	fake_service.during = NULL;
	assert_err(page_state_begin(gpa(BUFFER), PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
}

static void buffer_that_goes_away(void **state)
{
	write_command(BUFFER);
	fake_service.during = take_buffer;
	/* Not "call again": that would have the TPM carry it out a second time. */
	assert_int_equal(call_command(BUFFER), SVSM_ERR_INVALID_ADDRESS);
	page_state_end(gpa(BUFFER), PAGE_4K, PAGE_CHANGE_RESCIND, false);
	assert_err(platform_page_state(gpa(BUFFER), 1, WINDOW_SHARED), ERR_OK);
	assert_int_equal(call_command(BUFFER), SVSM_ERR_INVALID_ADDRESS);
}

#define VTPM_TEST(function) cmocka_unit_test_setup_teardown(function, setup_vtpm, teardown_guest)

int test_vtpm(void)
{
	const struct CMUnitTest tests[] = {
		VTPM_TEST(query_names_one_command),
		VTPM_TEST(other_protocols_are_none_of_it),
		VTPM_TEST(without_service_there_is_no_protocol),
		VTPM_TEST(protocol_is_listed_with_its_service),
		VTPM_TEST(other_calls_are_unsupported),
		VTPM_TEST(every_address_is_checked),
		VTPM_TEST(every_field_is_checked),
		VTPM_TEST(command_and_response_are_carried),
		VTPM_TEST(longest_command_and_response),
		VTPM_TEST(long_command_is_fetched_by_calling_again),
		VTPM_TEST(firmware_gets_its_answer_in_one_call),
		VTPM_TEST(moved_calling_area_ends_firmware),
		VTPM_TEST(guest_that_repeats_is_sent_to_sleep),
		VTPM_TEST(guest_does_not_wait_for_long),
		VTPM_TEST(each_vcpu_counts_its_calls),
		VTPM_TEST(error_costs_one_call),
		VTPM_TEST(foreign_reply_is_an_error),
		VTPM_TEST(command_is_read_once),
		VTPM_TEST(buffer_that_goes_away),
	};
	return cmocka_run_group_tests_name("vTPM protocol", tests, NULL, NULL);
}
