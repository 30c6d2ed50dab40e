/* SPDX-License-Identifier: MIT */
/* DEPOSIT_MEM and WITHDRAW_MEM. */
#include "svsm_groups.h"

#include "guest/accept.h"
#include "guest/deposit.h"
#include "protocol/protocol.h"
#include "svsm_setup.h"

#define LIST (GUEST_PRIVATE + 0x20000)
#define PAGE_A (GUEST_PRIVATE + 0x30000)
#define PAGE_B (GUEST_PRIVATE + 0x31000)
#define BLOCK (GUEST_PRIVATE + 2 * MIB)
#define LARGE SVSM_PVALIDATE_SIZE_2M

static u8 scratch[REQUEST_SCRATCH];

static u64 call(u32 number, u64 rcx)
{
	struct request request = {.rax = number, .rcx = rcx, .vcpu = setup_vcpu(0), .scratch = scratch};
	protocol_dispatch(&request);
	assert_int_equal(request.rcx, rcx);
	return request.rax;
}

static u64 *list_at(u64 address, u16 entries)
{
	const struct svsm_pvalidate_header header = {.entries = entries};
	memcpy(fake_bytes(gpa(address)), &header, sizeof(header));
	return fake_bytes(gpa(address + sizeof(header)));
}

static const struct svsm_pvalidate_header *header_at(u64 address)
{
	return fake_bytes(gpa(address));
}

static u64 deposit(u64 entry)
{
	list_at(LIST, 1)[0] = entry;
	return call(SVSM_CORE_DEPOSIT_MEM, LIST);
}

/* Number of pages; the entries are in the list. What stands there before does not matter. */
static u32 withdraw(void)
{
	list_at(LIST, UINT16_MAX);
	assert_int_equal(call(SVSM_CORE_WITHDRAW_MEM, LIST), SVSM_SUCCESS);
	return header_at(LIST)->entries;
}

static u64 entry_at(u32 i)
{
	return *(u64 *)fake_bytes(gpa(LIST + 8 + i * 8ULL));
}

static u8 available(void)
{
	const struct svsm_calling_area *area = fake_bytes(gpa(GUEST_CALLING_AREA));
	return area->mem_available;
}

static void assert_deposited(u64 page)
{
	assert_int_equal(setup_state(page), PAGE_STATE_DEPOSITED);
	assert_true(setup_is_closed(page));
	assert_true(fake_entry(gpa(page)).validated);
}

static void page_leaves_the_guest_and_comes_back_clean(void **state)
{
	memset(fake_bytes(gpa(PAGE_A)), 0x5A, PAGE_SIZE);
	assert_int_equal(deposit(PAGE_A), SVSM_SUCCESS);
	assert_int_equal(header_at(LIST)->next, 1);
	assert_deposited(PAGE_A);
	assert_int_equal(fake.counters.flushes, 1);
	assert_int_equal(available(), 1);
	assert_int_equal(deposit_pages(), 1);
	assert_int_equal(withdraw(), 1);
	assert_int_equal(entry_at(0), PAGE_A);
	assert_true(setup_is_granted(PAGE_A));
	assert_int_equal(setup_state(PAGE_A), PAGE_STATE_PRIVATE);
	assert_int_equal(*(u64 *)fake_bytes(gpa(PAGE_A + 0x800)), 0);
	assert_int_equal(available(), 0);
	assert_int_equal(withdraw(), 0);
}

/* How many pages there were. */
static u32 withdraw_block(void)
{
	u32 pages = 0;
	for (u32 calls = 0; available() != 0 && calls < 10; calls++) {
		u32 count = withdraw();
		for (u32 i = 0; i < count; i++) {
			assert_in_range(entry_at(i), BLOCK, BLOCK + 2 * MIB - PAGE_SIZE);
			assert_true(setup_is_granted(entry_at(i)));
			assert_int_equal(*(u64 *)fake_bytes(gpa(entry_at(i) + 0x800)), 0);
		}
		pages += count;
	}
	return pages;
}

static void large_page_comes_back_in_small_ones(void **state)
{
	memset(fake_bytes(gpa(BLOCK)), 0x5A, 2 * MIB);
	assert_int_equal(deposit(BLOCK | LARGE), SVSM_SUCCESS);
	assert_deposited(BLOCK + 0x1FF000);
	assert_int_equal(deposit_pages(), 512);
	u32 first = withdraw();
	assert_in_range(first, 1, 510);
	assert_int_equal(deposit_pages(), 512 - first);
	assert_int_equal(available(), 1);
	assert_int_equal(first + withdraw_block(), 512);
	assert_int_equal(deposit_pages(), 0);
}

/* Also when the host has split it meanwhile. */
static void split_page_comes_back_in_small_ones(void **state)
{
	assert_int_equal(deposit(BLOCK | LARGE), SVSM_SUCCESS);
	void *window = platform_window_open(WINDOW_SLOT_TARGET, gpa(BLOCK + 0x5000), PAGE_4K, WINDOW_PRIVATE);
	assert_int_equal(platform_permit(window, PAGE_4K, GUEST_VMPL, 0, false), RMP_SUCCESS);
	platform_window_close(WINDOW_SLOT_TARGET);
	assert_int_equal(withdraw_block(), 512);
	assert_int_equal(deposit_pages(), 0);
}

static void wrong_entries_are_refused(void **state)
{
	static const struct {
		u64 entry, result;
	} cases[] = {
		{PAGE_A | 4, SVSM_ERR_INVALID_PARAMETER},
		{PAGE_A | 0x800, SVSM_ERR_INVALID_PARAMETER},
		{PAGE_A | 2, SVSM_ERR_INVALID_PARAMETER},
		{(BLOCK + PAGE_SIZE) | LARGE, SVSM_ERR_INVALID_PARAMETER},
		{LIST, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_PRIVATE | LARGE, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_SHARED, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_SHARED | LARGE, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_HOLE, SVSM_ERR_INVALID_ADDRESS},
		{SVSM_BASE, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_OTHER_VMSA, SVSM_ERR_INVALID_ADDRESS},
		{GUEST_CALLING_AREA, SVSM_ERR_INVALID_ADDRESS},
		{~0xFFFULL, SVSM_ERR_INVALID_ADDRESS},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(deposit(cases[i].entry), cases[i].result);
		assert_int_equal(header_at(LIST)->next, 0);
	}
	assert_int_equal(available(), 0);
	assert_true(setup_is_granted(PAGE_A));
}

static void failures_leave_the_page(void **state)
{
	fake.faults.permit_countdown = 1;
	fake.faults.permit_code = RMP_FAIL_INPUT;
	assert_int_equal(deposit(PAGE_A), SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_INPUT);
	assert_int_equal(setup_state(PAGE_A), PAGE_STATE_PRIVATE);
	fake_replace(gpa(PAGE_A));
	assert_int_equal(deposit(PAGE_A), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(setup_state(PAGE_A), PAGE_STATE_PRIVATE);
	assert_err(page_state_begin(gpa(PAGE_B), PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	assert_int_equal(deposit(PAGE_B), SVSM_ERR_BUSY);
	page_state_end(gpa(PAGE_B), PAGE_4K, PAGE_CHANGE_RESCIND, false);
	assert_int_equal(deposit_pages(), 0);
}

/* Nothing that the guest can ask for touches it. */
static void deposited_page_is_out_of_reach(void **state)
{
	assert_int_equal(deposit(PAGE_A), SVSM_SUCCESS);
	assert_int_equal(deposit(PAGE_A), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call(SVSM_CORE_DEPOSIT_MEM, PAGE_A), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call(SVSM_CORE_WITHDRAW_MEM, PAGE_A), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(call(SVSM_CORE_REMAP_CA, PAGE_A), SVSM_ERR_INVALID_ADDRESS);
	for (u64 action = 0; action < 2; action++) {
		list_at(LIST, 1)[0] = PAGE_A | (action != 0 ? SVSM_PVALIDATE_VALIDATE : 0);
		assert_int_equal(call(SVSM_CORE_PVALIDATE, LIST), SVSM_ERR_INVALID_ADDRESS);
	}
	assert_deposited(PAGE_A);
}

/* It cannot be cleared, so nobody gets it; the others come. */
static void page_that_the_host_took_is_lost(void **state)
{
	assert_int_equal(deposit(PAGE_A), SVSM_SUCCESS);
	assert_int_equal(deposit(PAGE_B), SVSM_SUCCESS);
	fake_replace(gpa(PAGE_A));
	assert_int_equal(withdraw(), 1);
	assert_int_equal(entry_at(0), PAGE_B);
	assert_int_equal(setup_state(PAGE_A), PAGE_STATE_SVSM);
	assert_int_equal(available(), 0);
}

static void list_has_a_room(void **state)
{
	u64 *entries = list_at(LIST, 3);
	entries[0] = PAGE_A;
	entries[1] = PAGE_B;
	entries[2] = PAGE_B + PAGE_SIZE;
	assert_int_equal(call(SVSM_CORE_DEPOSIT_MEM, LIST), SVSM_SUCCESS);
	entries = list_at(LIST + 4080, 0);
	assert_int_equal(call(SVSM_CORE_WITHDRAW_MEM, LIST + 4080), SVSM_SUCCESS);
	assert_int_equal(header_at(LIST + 4080)->entries, 1);
	assert_int_equal(setup_state(entries[0]), PAGE_STATE_PRIVATE);
	assert_int_equal(available(), 1);
	assert_int_equal(call(SVSM_CORE_WITHDRAW_MEM, LIST + 4088), SVSM_ERR_INVALID_PARAMETER);
	assert_int_equal(deposit_pages(), 2);
	assert_int_equal(withdraw(), 2);
}

/* What is more than a millisecond's work takes several calls. */
static void long_withdrawal_takes_several_calls(void **state)
{
	assert_err(accept_range(gpa(GUEST_SHARED), 5 * 512), ERR_OK);
	u64 *entries = list_at(LIST, 5);
	for (u64 i = 0; i < 5; i++) {
		entries[i] = (GUEST_SHARED + i * 2 * MIB) | LARGE;
	}
	assert_int_equal(call(SVSM_CORE_DEPOSIT_MEM, LIST), SVSM_SUCCESS);
	assert_int_equal(deposit_pages(), 5 * 512);
	u32 pages = withdraw();
	assert_in_range(pages, 1, 510);
	for (u32 calls = 0; available() != 0 && calls < 20; calls++) {
		pages += withdraw();
	}
	assert_int_equal(pages, 5 * 512);
}

static void pages_accept(u64 start, u64 end)
{
	for (u64 page = start; page < end; page += 2 * MIB) {
		if (setup_state(page) == PAGE_STATE_SHARED) {
			assert_err(accept_range(gpa(page), 1), ERR_OK); /* makes its block one of 512 states */
		}
	}
}

/* How many calls it takes to find the one page that there is. */
static u32 withdrawal_calls(void)
{
	u32 calls = 1;
	while (withdraw() == 0 && calls < 10) {
		assert_int_equal(available(), 1);
		calls++;
	}
	assert_int_equal(header_at(LIST)->entries, 1);
	return calls;
}

/* One page far behind where the search begins, and each page on the way looks another: the search goes on in the next call. */
static void long_search_takes_several_calls(void **state)
{
	const u64 first = GUEST_SHARED + 4 * MIB;
	pages_accept(0, GUEST_RAM_END);
	pages_accept(GUEST_HIGH_RAM, GUEST_HIGH_RAM + 32 * MIB);
	assert_err(accept_range(gpa(first + PAGE_SIZE), 1), ERR_OK);
	assert_err(accept_range(gpa(first - PAGE_SIZE), 1), ERR_OK);
	assert_int_equal(deposit(first + PAGE_SIZE), SVSM_SUCCESS);
	assert_in_range(withdrawal_calls(), 1, 9); /* the next search begins here */
	assert_int_equal(deposit(first), SVSM_SUCCESS);
	assert_in_range(withdrawal_calls(), 2, 9);
	assert_int_equal(entry_at(0), first);
	assert_int_equal(deposit(first + PAGE_SIZE), SVSM_SUCCESS);
	assert_int_equal(deposit(first - PAGE_SIZE), SVSM_SUCCESS);
	assert_int_equal(withdraw(), 1); /* the second one was not found in time */
	assert_int_equal(entry_at(0), first + PAGE_SIZE);
	assert_int_equal(available(), 1);
}

/* Nothing is withdrawn when the list is refused. */
static void withdrawal_into_foreign_memory_is_refused(void **state)
{
	assert_int_equal(deposit(PAGE_A), SVSM_SUCCESS);
	assert_int_equal(call(SVSM_CORE_WITHDRAW_MEM, GUEST_SHARED), SVSM_ERR_INVALID_ADDRESS);
	assert_deposited(PAGE_A);
	assert_int_equal(deposit_pages(), 1);
}

static void page_that_cannot_be_granted_is_lost(void **state)
{
	static const u32 codes[] = {RMP_FAIL_INPUT, RMP_FAIL_SIZE_MISMATCH};
	for (size_t i = 0; i < ARRAY_SIZE(codes); i++) {
		assert_int_equal(deposit(PAGE_A + i * PAGE_SIZE), SVSM_SUCCESS);
		fake.faults.permit_countdown = 1;
		fake.faults.permit_code = codes[i];
		assert_int_equal(withdraw(), 0);
		assert_int_equal(setup_state(PAGE_A + i * PAGE_SIZE), PAGE_STATE_SVSM);
		assert_int_equal(available(), 0);
	}
	assert_int_equal(deposit_pages(), 0);
}

/* The list goes to a page that is taken away meanwhile. */
static void withdrawal_that_cannot_be_told_is_an_error(void **state)
{
	assert_int_equal(deposit(PAGE_A), SVSM_SUCCESS);
	list_at(LIST, 0);
	fake.faults.lost_page = gpa(LIST);
	fake.faults.lost_countdown = 2;
	assert_int_equal(call(SVSM_CORE_WITHDRAW_MEM, LIST), SVSM_ERR_INVALID_ADDRESS);
	assert_int_equal(fake.faults.lost_countdown, 0);
}

#define DEPOSIT_TEST(function) cmocka_unit_test_setup_teardown(function, setup_guest, teardown_guest)

int test_deposit(void)
{
	const struct CMUnitTest tests[] = {
		DEPOSIT_TEST(page_leaves_the_guest_and_comes_back_clean),
		DEPOSIT_TEST(large_page_comes_back_in_small_ones),
		DEPOSIT_TEST(split_page_comes_back_in_small_ones),
		DEPOSIT_TEST(wrong_entries_are_refused),
		DEPOSIT_TEST(failures_leave_the_page),
		DEPOSIT_TEST(deposited_page_is_out_of_reach),
		DEPOSIT_TEST(page_that_the_host_took_is_lost),
		DEPOSIT_TEST(list_has_a_room),
		DEPOSIT_TEST(long_withdrawal_takes_several_calls),
		DEPOSIT_TEST(long_search_takes_several_calls),
		DEPOSIT_TEST(withdrawal_into_foreign_memory_is_refused),
		DEPOSIT_TEST(page_that_cannot_be_granted_is_lost),
		DEPOSIT_TEST(withdrawal_that_cannot_be_told_is_an_error),
	};
	return cmocka_run_group_tests_name("deposited memory", tests, NULL, NULL);
}
