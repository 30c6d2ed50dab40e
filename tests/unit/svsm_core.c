/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

#include "protocol/core_list.h"
#include "protocol/core_result.h"
#include "protocol/protocol.h"
#include "svsm_core_cases.h"
#include "svsm_setup.h"

static u8 scratch[REQUEST_SCRATCH];

static struct request request_of(u32 protocol, u32 call)
{
	return (struct request){
		.rax = (u64)protocol << 32 | call,
		.rcx = 0x1111,
		.rdx = 0x2222,
		.r8 = 0x3333,
		.r9 = 0x4444,
		.vcpu = setup_vcpu(0),
		.scratch = scratch,
	};
}

static int setup_cases(void **state)
{
	setup_guest(state);
	setup_write_vmsa(VMSA_FREE);
	assert_err(platform_page_state(gpa(NEW_PAGE), 512, WINDOW_PRIVATE), ERR_OK);
	fake.faults.small_pages = true;
	assert_err(platform_page_state(gpa(NEW_SMALL), 512, WINDOW_PRIVATE), ERR_OK);
	fake.faults.small_pages = false;
	return 0;
}

static void assert_result(const char *name, u64 result, u64 expected)
{
	if (result != expected) {
		fail_msg("%s: 0x%llx, not 0x%llx", name, (unsigned long long)result, (unsigned long long)expected);
	}
}

static void every_core_case_is_answered(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(core_cases); i++) {
		const struct core_case *test = &core_cases[i];
		setup_cases(state);
		struct request request = request_of(SVSM_PROTOCOL_CORE, test->call);
		request.rcx = test->rcx;
		request.rdx = test->rdx;
		request.r8 = test->r8;
		protocol_dispatch(&request);
		assert_result(test->name, request.rax, test->result);
		assert_int_equal(request.rdx, test->rdx);
		assert_int_equal(request.r8, test->r8);
		assert_int_equal(request.r9, 0x4444);
		teardown_guest(state);
	}
}

static void write_list(const struct pvalidate_case *test)
{
	const struct svsm_pvalidate_header header = {.entries = test->entries, .next = test->next, .reserved = 0xABCD};
	u64 room = (PAGE_SIZE - test->rcx % PAGE_SIZE) & ~7ULL;
	u64 bytes = sizeof(header) + sizeof(test->entry) < room ? sizeof(test->entry) : room - sizeof(header);
	memcpy(fake_bytes(gpa(test->rcx)), &header, sizeof(header));
	memcpy(fake_bytes(gpa(test->rcx + sizeof(header))), test->entry, bytes);
}

static void every_list_is_answered(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(pvalidate_cases); i++) {
		const struct pvalidate_case *test = &pvalidate_cases[i];
		setup_cases(state);
		write_list(test);
		struct request request = request_of(SVSM_PROTOCOL_CORE, SVSM_CORE_PVALIDATE);
		request.rcx = test->rcx;
		protocol_dispatch(&request);
		const struct svsm_pvalidate_header *header = fake_bytes(gpa(test->rcx & ~7ULL));
		assert_result(test->name, request.rax, test->result);
		assert_int_equal(test->rcx % 8 == 0 ? header->next : test->next_after, test->next_after);
		assert_int_equal(request.rcx, test->rcx);
		teardown_guest(state);
	}
}

static void unknown_protocols_are_refused(void **state)
{
	static const u32 protocols[] = {1, 2, 3, 4, 0x80000000U, UINT32_MAX};
	for (size_t i = 0; i < ARRAY_SIZE(protocols); i++) {
		for (u32 call = 0; call < 3; call++) {
			struct request request = request_of(protocols[i], call);
			protocol_dispatch(&request);
			assert_int_equal(request.rax, SVSM_ERR_UNSUPPORTED_PROTOCOL);
			assert_int_equal(request.rcx, 0x1111);
		}
	}
}

static void protocols_are_listed(void **state)
{
	static const struct {
		u64 rcx, answer;
	} cases[] = {
		{1, 1ULL << 32 | 1}, {0, 0},          {2, 0}, {UINT32_MAX, 0}, {1ULL << 32 | 1, 0},
		{2ULL << 32 | 1, 0}, {UINT64_MAX, 0},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct request request = request_of(SVSM_PROTOCOL_CORE, SVSM_CORE_QUERY_PROTOCOL);
		request.rcx = cases[i].rcx;
		protocol_dispatch(&request);
		assert_int_equal(request.rax, SVSM_SUCCESS);
		assert_int_equal(request.rcx, cases[i].answer);
	}
}

static void vtom_is_not_there(void **state)
{
	struct request request = request_of(SVSM_PROTOCOL_CORE, SVSM_CORE_CONFIGURE_VTOM);
	request.rcx = SVSM_VTOM_QUERY;
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_SUCCESS);
	assert_int_equal(request.rcx, 0);
}

static void every_error_has_a_result(void **state)
{
	static const struct {
		enum err error;
		u64 result;
	} cases[] = {
		{ERR_OK, SVSM_SUCCESS},
		{ERR_INPUT, SVSM_ERR_INVALID_PARAMETER},
		{ERR_RANGE, SVSM_ERR_INVALID_ADDRESS},
		{ERR_TRUNCATED, SVSM_ERR_INVALID_REQUEST},
		{ERR_UNSUPPORTED, SVSM_ERR_UNSUPPORTED_CALL},
		{ERR_NOT_FOUND, SVSM_ERR_INVALID_PARAMETER},
		{ERR_EXISTS, SVSM_ERR_CORE_NO_CHANGE},
		{ERR_STATE, SVSM_ERR_INVALID_PARAMETER},
		{ERR_BUSY, SVSM_ERR_BUSY},
		{ERR_NO_MEMORY, SVSM_ERR_INVALID_REQUEST},
		{ERR_HOST, SVSM_ERR_CORE_NO_CHANGE},
		{ERR_HARDWARE, SVSM_ERR_PROTOCOL_BASE + 6},
		{ERR_INCOMPLETE, SVSM_ERR_INCOMPLETE},
		{ERR_LOST, SVSM_ERR_INVALID_ADDRESS},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(core_result(cases[i].error, 6), cases[i].result);
	}
}

static u64 *list_at(u64 address, u16 entries, u16 next)
{
	const struct svsm_pvalidate_header header = {.entries = entries, .next = next};
	memcpy(fake_bytes(gpa(address)), &header, sizeof(header));
	return fake_bytes(gpa(address + sizeof(header)));
}

static u64 call_pvalidate(u64 address)
{
	struct request request = request_of(SVSM_PROTOCOL_CORE, SVSM_CORE_PVALIDATE);
	request.rcx = address;
	protocol_dispatch(&request);
	return request.rax;
}

static u16 list_next(u64 address)
{
	return ((const struct svsm_pvalidate_header *)fake_bytes(gpa(address)))->next;
}

static void full_page_of_entries(void **state)
{
	u64 *entries = list_at(LIST, LIST_ROOM, 0);
	for (u64 i = 0; i < LIST_ROOM; i++) {
		entries[i] = ENTRY_4K(NEW_PAGE + i * PAGE_SIZE, ON);
	}
	assert_int_equal(call_pvalidate(LIST), SVSM_SUCCESS);
	assert_int_equal(list_next(LIST), LIST_ROOM);
	assert_int_equal(fake.counters.validated, LIST_ROOM);
	assert_int_equal(fake.counters.flushes, 0);
	assert_true(setup_is_granted(NEW_PAGE + (LIST_ROOM - 1) * (u64)PAGE_SIZE));
	assert_int_equal(setup_state(NEW_PAGE + LIST_ROOM * (u64)PAGE_SIZE), PAGE_STATE_SHARED);
}

/* As much as its budget allows in one call; then the guest calls again. */
static void long_lists_come_in_slices(void **state)
{
	u64 *entries = list_at(LIST, 30, 0);
	for (u64 i = 0; i < 14; i++) {
		entries[i] = ENTRY_2M(GUEST_SHARED + 4 * MIB + i * 2 * MIB, ON);
	}
	for (u64 i = 14; i < 30; i++) {
		entries[i] = ENTRY_2M(GUEST_HIGH_RAM + (i - 14) * 2 * MIB, ON);
	}
	for (u32 done = 3; done < 30; done += 3) {
		assert_int_equal(call_pvalidate(LIST), SVSM_ERR_INCOMPLETE);
		assert_int_equal(list_next(LIST), done);
		assert_int_equal(fake.counters.validated, done);
	}
	assert_int_equal(call_pvalidate(LIST), SVSM_SUCCESS);
	assert_int_equal(list_next(LIST), 30);
	assert_int_equal(fake.counters.validated, 30);
}

/* However little is left of the budget: every call gets on. */
static void first_entry_is_always_done(void **state)
{
	struct budget budget = {.spent = BUDGET_CALL};
	struct core_list list = {.entries = 2, .budget = &budget};
	assert_err(core_list_afford(&list, BUDGET_PAGE), ERR_OK);
	list.next = 1;
	assert_err(core_list_afford(&list, BUDGET_PAGE), ERR_INCOMPLETE);
}

static u32 reads;

/* A second CPU, behind each copy that is made of the list. */
static bool rewrite_list(void *context, struct vmsa *vmsa)
{
	reads++;
	u64 *entries = list_at(LIST, reads == 1 ? 1 : UINT16_MAX, reads == 1 ? 0 : 3);
	for (u64 i = 0; reads > 1 && i < 8; i++) {
		entries[i] = ENTRY_4K(OLD_PAGE, OFF);
	}
	return true;
}

/* Header and entries are read once each; what is written to them afterwards changes nothing, not even what is told as next. */
static void list_is_read_once(void **state)
{
	u64 *entries = list_at(LIST, 2, 0);
	entries[0] = ENTRY_4K(NEW_PAGE, ON);
	entries[1] = ENTRY_4K(NEW_PAGE + PAGE_SIZE, ON);
	reads = 0;
	fake.writer = rewrite_list;
	assert_int_equal(call_pvalidate(LIST), SVSM_SUCCESS);
	fake.writer = NULL;
	assert_int_equal(reads, 2);
	assert_int_equal(list_next(LIST), 2);
	assert_true(setup_is_granted(NEW_PAGE));
	assert_true(setup_is_granted(NEW_PAGE + PAGE_SIZE));
	assert_true(setup_is_granted(OLD_PAGE));
}

/* Linux: a 2 MiB entry that does not fit is redone in 4 KiB, and the list goes on behind it. */
static void list_resumes_behind_a_failure(void **state)
{
	u64 *entries = list_at(LIST, 3, 0);
	entries[0] = ENTRY_4K(NEW_PAGE, ON);
	entries[1] = ENTRY_2M(NEW_SMALL, ON);
	entries[2] = ENTRY_4K(OLD_PAGE, OFF);
	assert_int_equal(call_pvalidate(LIST), WRONG_SIZE);
	assert_int_equal(list_next(LIST), 1);
	list_at(LIST, 3, 2);
	assert_int_equal(call_pvalidate(LIST), SVSM_SUCCESS);
	assert_int_equal(list_next(LIST), 3);
	assert_int_equal(setup_state(OLD_PAGE), PAGE_STATE_SHARED);
	assert_int_equal(fake.counters.flushes, 1);
}

static void instruction_codes_reach_the_guest(void **state)
{
	static const u32 codes[] = {RMP_FAIL_INPUT, RMP_FAIL_PERMISSION, RMP_FAIL_INUSE, RMP_FAIL_SIZE_MISMATCH};
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		u64 *entries = list_at(LIST, 2, 0);
		entries[0] = ENTRY_4K(NEW_PAGE + i * PAGE_SIZE, ON);
		entries[1] = ENTRY_4K(NEW_SMALL, ON);
		fake.faults.validate_countdown = 2;
		fake.faults.validate_code = codes[i];
		assert_int_equal(call_pvalidate(LIST), SVSM_ERR_PROTOCOL_BASE + codes[i]);
		assert_int_equal(list_next(LIST), 1);
	}
	setup_write_vmsa(VMSA_FREE);
	struct request request = request_of(SVSM_PROTOCOL_CORE, SVSM_CORE_CREATE_VCPU);
	request.rcx = VMSA_FREE;
	request.rdx = AREA_FREE;
	request.r8 = 2;
	fake.faults.permit_countdown = 2;
	fake.faults.permit_code = RMP_FAIL_INPUT;
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_INPUT);
	request.rax = SVSM_CORE_DELETE_VCPU;
	request.rcx = GUEST_OTHER_VMSA;
	fake.faults.permit_countdown = 1;
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_INPUT);
}

static void busy_pages_are_busy(void **state)
{
	u64 *entries = list_at(LIST, 2, 0);
	entries[0] = ENTRY_4K(NEW_PAGE, ON);
	entries[1] = ENTRY_4K(OLD_PAGE, OFF);
	assert_err(page_state_begin(gpa(OLD_PAGE), PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	assert_int_equal(call_pvalidate(LIST), SVSM_ERR_BUSY);
	assert_int_equal(list_next(LIST), 1);
	page_state_end(gpa(OLD_PAGE), PAGE_4K, PAGE_CHANGE_RESCIND, false);
	assert_int_equal(call_pvalidate(LIST), SVSM_SUCCESS);
	assert_err(page_state_begin(gpa(LIST), PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	assert_int_equal(call_pvalidate(LIST), SVSM_ERR_BUSY);
	struct request request = request_of(SVSM_PROTOCOL_CORE, SVSM_CORE_REMAP_CA);
	request.rcx = LIST;
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_ERR_BUSY);
	assert_true(vcpu_serve_begin(setup_vcpu(1)));
	request.rax = SVSM_CORE_DELETE_VCPU;
	request.rcx = GUEST_OTHER_VMSA;
	protocol_dispatch(&request);
	assert_int_equal(request.rax, SVSM_ERR_BUSY);
}

#define CASE_TEST(function) cmocka_unit_test_setup_teardown(function, setup_cases, teardown_guest)

int test_core(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_core_case_is_answered),
		cmocka_unit_test(every_list_is_answered),
		CASE_TEST(unknown_protocols_are_refused),
		CASE_TEST(protocols_are_listed),
		CASE_TEST(vtom_is_not_there),
		cmocka_unit_test(every_error_has_a_result),
		CASE_TEST(full_page_of_entries),
		CASE_TEST(long_lists_come_in_slices),
		cmocka_unit_test(first_entry_is_always_done),
		CASE_TEST(list_is_read_once),
		CASE_TEST(list_resumes_behind_a_failure),
		CASE_TEST(instruction_codes_reach_the_guest),
		CASE_TEST(busy_pages_are_busy),
	};
	return cmocka_run_group_tests_name("core protocol", tests, NULL, NULL);
}
