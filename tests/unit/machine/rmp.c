/* SPDX-License-Identifier: MIT */
/* The RMP's decision tables: AMD64 APM volume 3 (24594), PVALIDATE, RMPADJUST, RMPQUERY; volume 2 (24593), section 15.36. */
#include "rmp/rmp_setup.h"

#include "machine.h"
#include "rmp_memory.h"

#define LARGE_AT 0x400000ULL
#define SMALL_AT 0x200000ULL
#define GRANT(vmpl, mask) ((u64)(vmpl) | (u64)(mask) << RMPADJUST_PERM_SHIFT)
#define READ_WRITE (RMP_PERM_READ | RMP_PERM_WRITE)

static const gpa_t small = {SMALL_AT};
static const gpa_t large = {LARGE_AT};
static const gpa_t foreign = {RMP_TEST_RAM};

static u32 validate(gpa_t page, enum page_size size, bool valid, bool *carry)
{
	u32 code = UINT32_MAX;
	assert_int_equal(rmp_pvalidate(page, size, valid, &code, carry), RMP_DONE);
	return code;
}

static u32 adjust(gpa_t page, enum page_size size, u32 vmpl, u64 rdx)
{
	u32 code = UINT32_MAX;
	assert_int_equal(rmp_adjust(page, size, vmpl, rdx, &code), RMP_DONE);
	return code;
}

static int setup(void **state)
{
	bool carry;
	rmp_memory_reset();
	assert_err(rmp_setup(), ERR_OK);
	assert_err(rmp_make_private(small, PAGE_4K), ERR_OK);
	assert_err(rmp_make_private(large, PAGE_2M), ERR_OK);
	assert_int_equal(validate(small, PAGE_4K, true, &carry), RMP_SUCCESS);
	assert_int_equal(validate(large, PAGE_2M, true, &carry), RMP_SUCCESS);
	return 0;
}

static void test_validate_twice(void **state)
{
	bool carry = false;
	assert_int_equal(validate(small, PAGE_4K, true, &carry), RMP_SUCCESS);
	assert_true(carry);
	assert_int_equal(validate(small, PAGE_4K, false, &carry), RMP_SUCCESS);
	assert_false(carry);
	assert_false(rmp_find(small)->validated);
	assert_int_equal(validate(small, PAGE_4K, false, &carry), RMP_SUCCESS);
	assert_true(carry);
}

static void test_validate_sizes(void **state)
{
	bool carry = true;
	gpa_t middle = {LARGE_AT + PAGE_SIZE};
	assert_int_equal(validate(gpa(SMALL_AT), PAGE_2M, true, &carry), RMP_FAIL_SIZE_MISMATCH);
	assert_false(carry);
	assert_int_equal(validate(middle, PAGE_2M, true, &carry), RMP_FAIL_INPUT);
	/* A small operand breaks the large entry; its neighbours keep their state. */
	assert_int_equal(validate(middle, PAGE_4K, false, &carry), RMP_SUCCESS);
	assert_false(rmp_find(middle)->validated);
	assert_true(rmp_find(large)->validated);
	assert_false(rmp_find(large)->large);
	assert_int_equal(validate(large, PAGE_2M, true, &carry), RMP_FAIL_SIZE_MISMATCH);
}

static void vmsa_take(gpa_t page)
{
	assert_int_equal(adjust(page, PAGE_4K, 0, GRANT(1, 0) | RMPADJUST_VMSA), RMP_SUCCESS);
	assert_true(rmp_vmsa_take(page));
	assert_true(rmp_find(page)->in_use);
}

/* VMRUN takes a page for which all of the RMP's conditions hold, and leaves others as they are. */
static void test_vmsa_refused(void **state)
{
	bool carry;
	assert_false(rmp_vmsa_take(foreign));
	assert_false(rmp_vmsa_take(gpa(SMALL_AT + PAGE_SIZE)));
	assert_false(rmp_vmsa_take(large));
	assert_false(rmp_vmsa_take(small));
	assert_false(rmp_find(small)->in_use);
	vmsa_take(small);
	rmp_vmsa_release(small);
	assert_false(rmp_find(small)->in_use);
	assert_int_equal(validate(small, PAGE_4K, false, &carry), RMP_SUCCESS);
	assert_false(rmp_vmsa_take(small));
}

static void test_validate_foreign(void **state)
{
	u32 code;
	bool carry;
	gpa_t shared = {SMALL_AT + PAGE_SIZE};
	assert_int_equal(rmp_pvalidate(shared, PAGE_4K, true, &code, &carry), RMP_NESTED_FAULT);
	assert_int_equal(rmp_pvalidate(foreign, PAGE_4K, true, &code, &carry), RMP_NESTED_FAULT);
	vmsa_take(small);
	assert_int_equal(rmp_pvalidate(small, PAGE_4K, false, &code, &carry), RMP_NESTED_FAULT);
	rmp_vmsa_release(small);
}

static void test_adjust_input(void **state)
{
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(4, 0)), RMP_FAIL_INPUT);
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(1, 0x20)), RMP_FAIL_INPUT);
	assert_int_equal(adjust(small, PAGE_4K, 0, 1ULL << 17 | 1), RMP_FAIL_INPUT);
	assert_int_equal(adjust(gpa(SMALL_AT + 8), PAGE_4K, 0, GRANT(1, 0)), RMP_FAIL_INPUT);
	assert_int_equal(adjust(gpa(LARGE_AT + PAGE_SIZE), PAGE_2M, 0, GRANT(1, 0)), RMP_FAIL_INPUT);
	assert_int_equal(adjust(large, PAGE_2M, 0, GRANT(1, 0) | RMPADJUST_VMSA), RMP_FAIL_INPUT);
}

/* A guest finds out whether it runs at VMPL0 by changing VMPL1's rights. */
static void test_adjust_target(void **state)
{
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(0, 0)), RMP_FAIL_PERMISSION);
	assert_int_equal(adjust(small, PAGE_4K, 1, GRANT(1, 0)), RMP_FAIL_PERMISSION);
	assert_int_equal(adjust(small, PAGE_4K, 2, GRANT(1, 0)), RMP_FAIL_PERMISSION);
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(1, 0)), RMP_SUCCESS);
}

static void test_adjust_rights(void **state)
{
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(1, READ_WRITE)), RMP_SUCCESS);
	assert_int_equal(rmp_find(small)->permissions[0], READ_WRITE);
	assert_int_equal(rmp_find(small)->permissions[1], 0);
	/* Nobody gives away what he does not have. */
	assert_int_equal(adjust(small, PAGE_4K, 1, GRANT(2, RMP_PERM_ALL)), RMP_FAIL_PERMISSION);
	assert_int_equal(adjust(small, PAGE_4K, 1, GRANT(2, RMP_PERM_READ)), RMP_SUCCESS);
	assert_int_equal(rmp_find(small)->permissions[1], RMP_PERM_READ);
}

static void test_adjust_vmsa(void **state)
{
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(1, 0) | RMPADJUST_VMSA), RMP_SUCCESS);
	assert_true(rmp_find(small)->vmsa);
	/* Only VMPL0 changes the bit, and does so every time. */
	assert_int_equal(adjust(small, PAGE_4K, 1, GRANT(2, 0)), RMP_FAIL_PERMISSION);
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(2, 0)), RMP_SUCCESS);
	assert_false(rmp_find(small)->vmsa);
	assert_int_equal(adjust(small, PAGE_4K, 1, GRANT(2, 0) | RMPADJUST_VMSA), RMP_FAIL_PERMISSION);
}

static void test_adjust_state(void **state)
{
	u32 code;
	bool carry;
	gpa_t shared = {SMALL_AT + PAGE_SIZE};
	assert_int_equal(rmp_adjust(shared, PAGE_4K, 0, GRANT(1, 0), &code), RMP_NESTED_FAULT);
	validate(small, PAGE_4K, false, &carry);
	assert_int_equal(rmp_adjust(small, PAGE_4K, 0, GRANT(1, 0), &code), RMP_VC_NOT_VALIDATED);
	validate(small, PAGE_4K, true, &carry);
	assert_int_equal(adjust(small, PAGE_2M, 0, GRANT(1, 0)), RMP_FAIL_SIZE_MISMATCH);
	assert_int_equal(adjust(large, PAGE_2M, 0, GRANT(2, READ_WRITE)), RMP_SUCCESS);
	assert_int_equal(rmp_find(gpa(LARGE_AT + LARGE_PAGE_SIZE - PAGE_SIZE))->permissions[1], READ_WRITE);
	assert_true(rmp_find(large)->large);
	assert_int_equal(adjust(large, PAGE_4K, 0, GRANT(2, 0)), RMP_SUCCESS);
	assert_false(rmp_find(large)->large);
}

static void test_query(void **state)
{
	struct rmp_query_result result;
	adjust(small, PAGE_4K, 0, GRANT(2, RMP_PERM_READ) | RMPADJUST_VMSA);
	assert_int_equal(rmp_query(small, 0, 2, &result), RMP_DONE);
	assert_int_equal(result.code, RMP_SUCCESS);
	assert_int_equal(result.rdx, (u64)RMP_PERM_READ << RMPADJUST_PERM_SHIFT | RMPADJUST_VMSA);
	assert_int_equal(result.rcx, RMP_PAGE_SIZE_4K);
	rmp_query(large, 0, 1, &result);
	assert_int_equal(result.rcx, RMP_PAGE_SIZE_2M);
	rmp_query(small, 2, 1, &result);
	assert_int_equal(result.code, RMP_FAIL_PERMISSION);
	rmp_query(small, 0, 4, &result);
	assert_int_equal(result.code, RMP_FAIL_INPUT);
}

/* What the host does resets validation, the VMSA bit and all rights, even where nothing changes. */
static void test_host_resets(void **state)
{
	bool carry;
	adjust(small, PAGE_4K, 0, GRANT(1, RMP_PERM_ALL) | RMPADJUST_VMSA);
	assert_err(rmp_make_private(small, PAGE_4K), ERR_OK);
	assert_true(rmp_find(small)->assigned);
	assert_false(rmp_find(small)->validated);
	assert_false(rmp_find(small)->vmsa);
	assert_int_equal(rmp_find(small)->permissions[0], 0);
	assert_err(rmp_make_private(gpa(RMP_TEST_RAM), PAGE_4K), ERR_RANGE);
	assert_err(rmp_make_private(gpa(SMALL_AT), PAGE_2M), ERR_OK);
	assert_int_equal(validate(small, PAGE_4K, true, &carry), RMP_SUCCESS);
	vmsa_take(small);
	assert_err(rmp_make_shared(small, PAGE_4K), ERR_BUSY);
	rmp_vmsa_release(small);
	assert_err(rmp_make_shared(small, PAGE_4K), ERR_OK);
}

static bool page_is(gpa_t page, u8 value)
{
	const u8 *bytes = rmp_memory_bytes(page);
	for (u32 i = 0; i < PAGE_SIZE; i++) {
		if (bytes[i] != value) {
			return false;
		}
	}
	return true;
}

static void test_content_changes(void **state)
{
	gpa_t page = {SMALL_AT + 2 * PAGE_SIZE};
	memset(rmp_memory_bytes(page), 0xA5, PAGE_SIZE);
	assert_err(rmp_make_shared(page, PAGE_4K), ERR_OK);
	assert_true(page_is(page, 0xA5)); /* it was shared already */
	assert_err(rmp_make_private(page, PAGE_4K), ERR_OK);
	assert_false(page_is(page, 0xA5));
	assert_err(rmp_make_shared(page, PAGE_4K), ERR_OK);
	assert_false(page_is(page, 0xA5)); /* not even by going back */
}

static void test_remap(void **state)
{
	memset(rmp_memory_bytes(small), 0x5A, PAGE_SIZE);
	assert_err(rmp_remap(small), ERR_OK);
	assert_false(rmp_find(small)->validated);
	assert_true(rmp_find(small)->assigned);
	assert_false(page_is(small, 0x5A));
	assert_err(rmp_remap(gpa(SMALL_AT + PAGE_SIZE)), ERR_STATE);
}

/* A fault that another CPU has dealt with meanwhile must not undo what that one's guest did since. */
static void test_implied_private(void **state)
{
	gpa_t shared = {SMALL_AT + PAGE_SIZE};
	assert_int_equal(adjust(small, PAGE_4K, 0, GRANT(2, RMP_PERM_ALL)), RMP_SUCCESS);
	assert_err(rmp_imply_private(small, PAGE_4K), ERR_EXISTS);
	assert_true(rmp_find(small)->validated);
	assert_int_equal(rmp_find(small)->permissions[1], RMP_PERM_ALL);
	/* 2 MiB of which one page is private. */
	assert_err(rmp_imply_private(gpa(SMALL_AT), PAGE_2M), ERR_EXISTS);
	assert_true(rmp_find(small)->validated);
	assert_false(rmp_find(shared)->assigned);
	assert_err(rmp_imply_private(shared, PAGE_4K), ERR_OK);
	assert_true(rmp_find(shared)->assigned);
	assert_false(rmp_find(shared)->validated);
	assert_err(rmp_imply_private(foreign, PAGE_4K), ERR_RANGE);
}

/* PVALIDATE or RMPADJUST met a VMSA that was running; by the time the host looks it is not any more, and stays what it is. */
static void test_implied_vmsa(void **state)
{
	u32 code;
	vmsa_take(small);
	assert_int_equal(rmp_adjust(small, PAGE_4K, 0, GRANT(1, 0), &code), RMP_NESTED_FAULT);
	rmp_vmsa_release(small);
	assert_err(rmp_imply_private(small, PAGE_4K), ERR_EXISTS);
	assert_true(rmp_find(small)->validated && rmp_find(small)->vmsa);
}

static void test_implied_shared(void **state)
{
	bool carry;
	assert_err(rmp_imply_shared(small), ERR_EXISTS);
	assert_true(rmp_find(small)->assigned);
	assert_int_equal(validate(small, PAGE_4K, false, &carry), RMP_SUCCESS);
	assert_err(rmp_imply_shared(small), ERR_OK);
	assert_false(rmp_find(small)->assigned);
	assert_err(rmp_imply_shared(small), ERR_EXISTS);
	assert_err(rmp_imply_shared(foreign), ERR_RANGE);
}

static void test_launch(void **state)
{
	gpa_t page = {SMALL_AT + 3 * PAGE_SIZE};
	memset(rmp_memory_bytes(page), 0x33, PAGE_SIZE);
	assert_err(rmp_launch(page, true), ERR_OK);
	assert_true(rmp_find(page)->validated && rmp_find(page)->vmsa);
	assert_true(page_is(page, 0x33));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_validate_twice, setup),
		cmocka_unit_test_setup(test_validate_sizes, setup),
		cmocka_unit_test_setup(test_validate_foreign, setup),
		cmocka_unit_test_setup(test_vmsa_refused, setup),
		cmocka_unit_test_setup(test_adjust_input, setup),
		cmocka_unit_test_setup(test_adjust_target, setup),
		cmocka_unit_test_setup(test_adjust_rights, setup),
		cmocka_unit_test_setup(test_adjust_vmsa, setup),
		cmocka_unit_test_setup(test_adjust_state, setup),
		cmocka_unit_test_setup(test_query, setup),
		cmocka_unit_test_setup(test_host_resets, setup),
		cmocka_unit_test_setup(test_content_changes, setup),
		cmocka_unit_test_setup(test_remap, setup),
		cmocka_unit_test_setup(test_implied_private, setup),
		cmocka_unit_test_setup(test_implied_vmsa, setup),
		cmocka_unit_test_setup(test_implied_shared, setup),
		cmocka_unit_test_setup(test_launch, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
