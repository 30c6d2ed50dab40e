/* SPDX-License-Identifier: MIT */
/* The native platform's ledger answers as an RMP would. */
#include "unit.h"

#include <copra/boot.h>
#include <copra/sev.h>

#include "platform/native/ledger.h"
#include "platform/platform.h"

#define OWN 0xFF000000ULL
#define OWN_SIZE 0x200000ULL
#define OWN_LOADED 0x40000ULL
#define BLOCK 0x400000ULL

static int setup(void **state)
{
	ledger_init(OWN, OWN_SIZE, OWN_LOADED);
	return 0;
}

static void expect(u64 page, enum page_size size, bool validate, struct ledger_change wanted)
{
	struct ledger_change change = ledger_validate(gpa(page), size, validate);
	assert_int_equal(change.code, wanted.code);
	assert_int_equal(change.unchanged, wanted.unchanged);
}

static const struct ledger_change changed = {RMP_SUCCESS, false};
static const struct ledger_change unchanged = {RMP_SUCCESS, true};
static const struct ledger_change lost = {PLATFORM_PAGE_LOST, false};
static const struct ledger_change mismatch = {RMP_FAIL_SIZE_MISMATCH, false};
static const struct ledger_change bad_input = {RMP_FAIL_INPUT, false};

static void knows_what_the_launch_left(void **state)
{
	assert_true(ledger_is_validated(gpa(OWN)));
	assert_true(ledger_is_validated(gpa(OWN + OWN_LOADED - 1)));
	assert_false(ledger_is_validated(gpa(OWN + OWN_LOADED)));
	assert_false(ledger_is_validated(gpa(OWN + OWN_SIZE)));
	assert_false(ledger_is_validated(gpa(0)));
	expect(OWN, PAGE_4K, true, unchanged);
	expect(OWN + OWN_LOADED, PAGE_4K, true, lost);
}

static void tells_the_first_from_the_second(void **state)
{
	assert_err(ledger_assign(gpa(BLOCK), 1, true), ERR_OK);
	expect(BLOCK, PAGE_4K, true, changed);
	expect(BLOCK, PAGE_4K, true, unchanged);
	assert_true(ledger_is_validated(gpa(BLOCK)));
	expect(BLOCK, PAGE_4K, false, changed);
	expect(BLOCK, PAGE_4K, false, unchanged);
	assert_false(ledger_is_validated(gpa(BLOCK)));
}

static void a_shared_page_is_lost(void **state)
{
	expect(BLOCK, PAGE_4K, true, lost);
	assert_err(ledger_assign(gpa(BLOCK), 1, true), ERR_OK);
	expect(BLOCK, PAGE_4K, true, changed);
	assert_err(ledger_assign(gpa(BLOCK), 1, false), ERR_OK);
	expect(BLOCK, PAGE_4K, false, lost);
	/* The host gives another page: it was never validated. */
	assert_err(ledger_assign(gpa(BLOCK), 1, true), ERR_OK);
	expect(BLOCK, PAGE_4K, true, changed);
}

static void large_pages_are_uniform(void **state)
{
	assert_err(ledger_assign(gpa(BLOCK), 512, true), ERR_OK);
	expect(BLOCK, PAGE_2M, true, changed);
	assert_true(ledger_is_validated(gpa(BLOCK + LARGE_PAGE_SIZE - PAGE_SIZE)));
	expect(BLOCK + PAGE_SIZE, PAGE_4K, false, changed);
	expect(BLOCK, PAGE_2M, false, mismatch);
	expect(BLOCK, PAGE_2M, true, mismatch);
	expect(BLOCK + PAGE_SIZE, PAGE_4K, true, changed);
	expect(BLOCK, PAGE_2M, true, unchanged);
}

static void has_no_entry_beyond_its_limit(void **state)
{
	expect(LEDGER_GUEST_LIMIT, PAGE_4K, true, bad_input);
	expect(OWN + OWN_SIZE, PAGE_4K, true, bad_input);
	assert_err(ledger_assign(gpa(LEDGER_GUEST_LIMIT - PAGE_SIZE), 2, true), ERR_RANGE);
	/* Nothing was done. */
	expect(LEDGER_GUEST_LIMIT - PAGE_SIZE, PAGE_4K, true, lost);
	expect(UINT64_MAX - PAGE_SIZE + 1, PAGE_4K, true, bad_input);
}

static void own_memory_has_a_limit(void **state)
{
	ledger_init(OWN, 2 * BOOT_MAX_SIZE, 2 * BOOT_MAX_SIZE);
	assert_true(ledger_is_validated(gpa(OWN + BOOT_MAX_SIZE - PAGE_SIZE)));
	expect(OWN + BOOT_MAX_SIZE, PAGE_4K, true, bad_input);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(knows_what_the_launch_left, setup),
		cmocka_unit_test_setup(tells_the_first_from_the_second, setup),
		cmocka_unit_test_setup(a_shared_page_is_lost, setup),
		cmocka_unit_test_setup(large_pages_are_uniform, setup),
		cmocka_unit_test_setup(has_no_entry_beyond_its_limit, setup),
		cmocka_unit_test_setup(own_memory_has_a_limit, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
