/* SPDX-License-Identifier: MIT */
/* Acceptance of pages, and copies from and to the guest's memory. */
#include "svsm_groups.h"

#include "guest/accept.h"
#include "guest/memory.h"
#include "guest/rights.h"
#include "guest/vcpu.h"
#include "svsm_setup.h"

#define PAGE ((u64)PAGE_SIZE)

static void only_vmpl_1_to_3_are_guests(void **state)
{
	assert_err(rights_init(0), ERR_INPUT);
	assert_err(rights_init(4), ERR_INPUT);
	assert_int_equal(rights_guest_vmpl(), GUEST_VMPL);
}

static bool is_clear(u64 address, u64 bytes)
{
	const u8 *p = fake_bytes(gpa(address));
	for (u64 i = 0; i < bytes; i++) {
		if (p[i] != 0) {
			return false;
		}
	}
	return true;
}

static void validated_page_is_clear_and_granted(void **state)
{
	u32 code;
	assert_err(platform_page_state(gpa(GUEST_SHARED), 1, WINDOW_PRIVATE), ERR_OK);
	assert_false(is_clear(GUEST_SHARED, PAGE_SIZE));
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_4K, &code), ERR_OK);
	assert_true(is_clear(GUEST_SHARED, PAGE_SIZE));
	assert_true(setup_is_granted(GUEST_SHARED));
	assert_int_equal(setup_state(GUEST_SHARED), PAGE_STATE_PRIVATE);
}

static void validated_large_page_is_clear_and_granted(void **state)
{
	u32 code;
	assert_err(platform_page_state(gpa(GUEST_SHARED), 512, WINDOW_PRIVATE), ERR_OK);
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_OK);
	assert_true(is_clear(GUEST_SHARED, 2 * MIB));
	assert_true(fake_entry(gpa(GUEST_SHARED)).large);
	assert_true(setup_is_granted(GUEST_SHARED + MIB));
	assert_int_equal(fake.counters.validated, 1);
	assert_int_equal(fake.counters.permits, 1);
}

static void nothing_changes_twice(void **state)
{
	u32 code;
	memset(fake_bytes(gpa(GUEST_PRIVATE + 2 * MIB)), 0x11, 8);
	assert_err(accept_validate(gpa(GUEST_PRIVATE + 2 * MIB), PAGE_2M, &code), ERR_EXISTS);
	assert_err(accept_rescind(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_EXISTS);
	assert_int_equal(fake.counters.validated + fake.counters.rescinded + fake.counters.permits, 0);
	assert_false(is_clear(GUEST_PRIVATE + 2 * MIB, 8));
}

static void rescinded_page_is_closed(void **state)
{
	u32 code;
	assert_err(accept_rescind(gpa(GUEST_PRIVATE + 4 * PAGE), PAGE_4K, &code), ERR_OK);
	assert_int_equal(fake.counters.permits, 1);
	accept_flush();
	assert_true(setup_is_closed(GUEST_PRIVATE + 4 * PAGE));
	assert_false(fake_entry(gpa(GUEST_PRIVATE + 4 * PAGE)).validated);
	assert_true(setup_is_granted(GUEST_PRIVATE + 5 * PAGE));
	assert_int_equal(setup_state(GUEST_PRIVATE + 4 * PAGE), PAGE_STATE_SHARED);
	assert_err(accept_rescind(gpa(GUEST_PRIVATE + 2 * MIB), PAGE_2M, &code), ERR_OK);
	assert_int_equal(setup_state(GUEST_PRIVATE + 3 * MIB), PAGE_STATE_SHARED);
}

static void masks_cleared_by_validation_do_not_matter(void **state)
{
	u32 code;
	fake.faults.validate_clears = true;
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_4K, &code), ERR_OK);
	assert_true(setup_is_granted(GUEST_SHARED));
}

static void size_mismatch_is_reported(void **state)
{
	u32 code = 0;
	fake.faults.small_pages = true;
	assert_err(platform_page_state(gpa(GUEST_SHARED), 512, WINDOW_PRIVATE), ERR_OK);
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_SIZE_MISMATCH);
	assert_int_equal(setup_state(GUEST_SHARED), PAGE_STATE_SHARED);
	assert_err(accept_range(gpa(GUEST_SHARED), 512), ERR_OK);
	assert_err(accept_rescind(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_SIZE_MISMATCH);
	assert_int_equal(setup_state(GUEST_SHARED), PAGE_STATE_PRIVATE);
	assert_true(setup_is_granted(GUEST_SHARED));
}

static void failing_instructions_change_nothing(void **state)
{
	const u64 private_page = GUEST_PRIVATE + 8 * PAGE;
	u32 code = 0;
	fake.faults.validate_countdown = 1;
	fake.faults.validate_code = RMP_FAIL_INPUT;
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_4K, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_INPUT);
	assert_int_equal(setup_state(GUEST_SHARED), PAGE_STATE_SHARED);
	fake.faults.permit_countdown = 1;
	fake.faults.permit_code = RMP_FAIL_PERMISSION;
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_4K, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_PERMISSION);
	assert_false(fake_entry(gpa(GUEST_SHARED)).validated);
	assert_int_equal(fake.counters.flushes, 1);
	fake.faults.permit_countdown = 1;
	assert_err(accept_rescind(gpa(private_page), PAGE_4K, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_PERMISSION);
	assert_true(setup_is_granted(private_page));
	fake.faults.validate_countdown = 1;
	assert_err(accept_rescind(gpa(private_page), PAGE_4K, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_INPUT);
	assert_true(setup_is_granted(private_page));
	assert_int_equal(setup_state(private_page), PAGE_STATE_PRIVATE);
}

/* The host swaps a page under the guest and waits for it to be validated a second time. */
static void replaced_page_is_never_validated(void **state)
{
	const gpa_t page = gpa(GUEST_PRIVATE + 8 * PAGE);
	u32 code;
	fake_replace(page);
	assert_err(accept_validate(page, PAGE_4K, &code), ERR_EXISTS);
	assert_false(fake_entry(page).validated);
	fake_restore(page);
	assert_true(setup_is_granted(page.raw));
}

static void rescinding_a_page_that_was_taken_away_is_an_error(void **state)
{
	u32 code;
	fake_replace(gpa(GUEST_PRIVATE + 8 * PAGE));
	assert_err(accept_rescind(gpa(GUEST_PRIVATE + 8 * PAGE), PAGE_4K, &code), ERR_LOST);
	assert_int_equal(setup_state(GUEST_PRIVATE + 8 * PAGE), PAGE_STATE_PRIVATE);
	assert_err(platform_page_state(gpa(GUEST_PRIVATE + 9 * PAGE), 1, WINDOW_SHARED), ERR_OK);
	assert_err(accept_rescind(gpa(GUEST_PRIVATE + 9 * PAGE), PAGE_4K, &code), ERR_LOST);
	assert_err(accept_validate(gpa(GUEST_PRIVATE + 9 * PAGE), PAGE_4K, &code), ERR_EXISTS);
	assert_false(fake_entry(gpa(GUEST_PRIVATE + 9 * PAGE)).validated);
}

static void pages_taken_away_are_not_copied(void **state)
{
	u8 bytes[16] = {1};
	assert_err(platform_page_state(gpa(GUEST_PRIVATE + 9 * PAGE), 1, WINDOW_SHARED), ERR_OK);
	assert_err(guest_read(gpa(GUEST_PRIVATE + 9 * PAGE), bytes, sizeof(bytes)), ERR_LOST);
	assert_int_equal(bytes[0], 1);
	assert_err(guest_write(gpa(GUEST_PRIVATE + 10 * PAGE - 8), bytes, sizeof(bytes)), ERR_LOST);
	assert_err(guest_write(gpa(GUEST_PRIVATE + 10 * PAGE), bytes, sizeof(bytes)), ERR_OK);
}

/* Nobody's: no call takes it, whatever the host brings back, and it is not validated a second time. */
static void assert_forfeited(u64 page)
{
	u8 bytes[8];
	u32 code;
	assert_int_equal(setup_state(page), PAGE_STATE_SVSM);
	assert_true(setup_is_closed(page));
	assert_err(accept_validate(gpa(page), PAGE_4K, &code), ERR_RANGE);
	assert_err(accept_rescind(gpa(page), PAGE_4K, &code), ERR_RANGE);
	assert_err(guest_read(gpa(page), bytes, sizeof(bytes)), ERR_RANGE);
	assert_err(vcpu_create(2, gpa(page), gpa(GUEST_PRIVATE + 8 * PAGE), &code), ERR_RANGE);
	assert_true(setup_is_closed(page));
}

/* What was validated may hold memory of the SVSM's, and was not cleared; the host can bring it back. */
static void validation_that_cannot_be_undone_is_forfeited(void **state)
{
	const u64 page = GUEST_SHARED + PAGE;
	u32 code = 0;
	fake.faults.replace_validated = true;
	assert_err(accept_validate(gpa(page), PAGE_4K, &code), ERR_LOST);
	fake_restore(gpa(page));
	assert_true(fake_entry(gpa(page)).validated);
	assert_forfeited(page);
	assert_int_equal(fake.counters.flushes, 1);
}

static void validation_of_a_large_page_is_undone(void **state)
{
	u32 code = 0;
	fake.faults.permit_countdown = 1;
	fake.faults.permit_code = RMP_FAIL_PERMISSION;
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_PERMISSION);
	assert_int_equal(fake.counters.rescinded, 1);
	assert_int_equal(setup_state(GUEST_SHARED + MIB), PAGE_STATE_SHARED);
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_OK);
}

/* The host splits what was validated: it is taken back in its parts, and the guest goes on with these. */
static void split_validation_is_undone_in_parts(void **state)
{
	u32 code = 0;
	fake.faults.split_validated = true;
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_SIZE_MISMATCH);
	assert_int_equal(fake.counters.rescinded, 512);
	for (u64 page = GUEST_SHARED; page < GUEST_SHARED + 2 * MIB; page += PAGE_SIZE) {
		assert_int_equal(setup_state(page), PAGE_STATE_SHARED);
		assert_false(fake_entry(gpa(page)).validated);
	}
	assert_err(accept_validate(gpa(GUEST_SHARED + 5 * PAGE), PAGE_4K, &code), ERR_OK);
	assert_true(setup_is_granted(GUEST_SHARED + 5 * PAGE));
}

/* It splits it, and swaps one part. */
static void parts_that_cannot_be_undone_are_forfeited(void **state)
{
	u32 code = 0;
	fake.faults.replace_validated = true;
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_LOST);
	fake_restore(gpa(GUEST_SHARED));
	assert_forfeited(GUEST_SHARED);
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_2M, &code), ERR_RANGE);
	assert_err(accept_validate(gpa(GUEST_SHARED + PAGE), PAGE_4K, &code), ERR_OK);
}

/* Validated behind the table's back: only the host can do that, by putting an older page there. */
static void unexpected_no_change_is_not_granted(void **state)
{
	u32 code;
	fake_launch(gpa(GUEST_SHARED), 1);
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_4K, &code), ERR_HOST);
	assert_int_equal(setup_state(GUEST_SHARED), PAGE_STATE_SHARED);
	assert_true(setup_is_closed(GUEST_SHARED));
	fake.faults.page_state_ignored = true;
	assert_err(accept_range(gpa(GUEST_SHARED), 1),
		   ERR_HARDWARE); /* at boot: not the answer of a host that refuses */
}

static void ranges_are_accepted_in_large_pages(void **state)
{
	assert_err(accept_range(gpa(GUEST_SHARED + PAGE_SIZE), 2 * 512), ERR_OK);
	assert_int_equal(fake.counters.validated, 511 + 1 + 1);
	assert_int_equal(fake.counters.page_state_requests, 1);
	assert_true(is_clear(GUEST_SHARED + PAGE_SIZE, 4 * MIB));
	assert_int_equal(setup_state(GUEST_SHARED), PAGE_STATE_SHARED);
	assert_int_equal(setup_state(GUEST_SHARED + 4 * MIB), PAGE_STATE_PRIVATE);
	assert_int_equal(setup_state(GUEST_SHARED + 4 * MIB + PAGE_SIZE), PAGE_STATE_SHARED);
}

static void ranges_are_refused_when_not_all_shared(void **state)
{
	assert_err(accept_range(gpa(GUEST_PRIVATE - PAGE_SIZE), 2), ERR_STATE);
	assert_err(accept_range(gpa(GUEST_RAM_END - PAGE_SIZE), 2), ERR_STATE);
	assert_err(accept_range(gpa(SVSM_BASE), 1), ERR_STATE);
	assert_err(accept_range(gpa(GUEST_SHARED + 1), 1), ERR_INPUT);
	assert_int_equal(fake.counters.page_state_requests, 0);
	fake.faults.page_state_refused = true;
	assert_err(accept_range(gpa(GUEST_SHARED), 1), ERR_HOST);
	assert_err(accept_remaining(), ERR_HOST);
	fake.faults.page_state_refused = false;
	fake.faults.validate_countdown = 3;
	fake.faults.validate_code = RMP_FAIL_INPUT;
	assert_err(accept_range(gpa(GUEST_SHARED), 5), ERR_HARDWARE);
	assert_int_equal(setup_state(GUEST_SHARED + 2 * PAGE), PAGE_STATE_SHARED);
}

static void everything_left_is_accepted(void **state)
{
	assert_err(accept_remaining(), ERR_OK);
	for (u64 page = 0; page < GUEST_RAM_END; page += PAGE_SIZE) {
		assert_int_not_equal(setup_state(page), PAGE_STATE_SHARED);
	}
	assert_true(setup_is_granted(0));
	assert_true(setup_is_granted(GUEST_HIGH_RAM + 32 * MIB - PAGE_SIZE));
	assert_int_equal(setup_state(GUEST_CALLING_AREA), PAGE_STATE_CALLING_AREA);
}

static void loaded_pages_keep_their_content(void **state)
{
	fake_launch(gpa(GUEST_SHARED), 2);
	memset(fake_bytes(gpa(GUEST_SHARED)), 0x77, 2 * PAGE);
	assert_err(accept_loaded(gpa(GUEST_SHARED), 2), ERR_OK);
	assert_int_equal(*(u8 *)fake_bytes(gpa(GUEST_SHARED + PAGE_SIZE)), 0x77);
	assert_true(setup_is_granted(GUEST_SHARED + PAGE_SIZE));
	assert_err(accept_loaded(gpa(GUEST_SHARED), 2), ERR_EXISTS);
	assert_err(accept_loaded(gpa(SVSM_BASE), 1), ERR_RANGE);
	fake_launch(gpa(GUEST_SHARED + 2 * PAGE), 1);
	fake.faults.permit_countdown = 1;
	fake.faults.permit_code = RMP_FAIL_INPUT;
	assert_err(accept_loaded(gpa(GUEST_SHARED + 2 * PAGE), 1), ERR_HARDWARE);
}

static void guest_memory_is_copied_across_pages(void **state)
{
	static u8 out[3 * PAGE];
	static u8 in[3 * PAGE];
	const gpa_t at = gpa(GUEST_PRIVATE + 8 * PAGE - 5);
	for (size_t i = 0; i < sizeof(out); i++) {
		out[i] = (u8)(i * 7);
	}
	assert_err(guest_write(at, out, sizeof(out)), ERR_OK);
	assert_memory_equal(fake_bytes(at), out, sizeof(out));
	assert_err(guest_read(at, in, sizeof(in)), ERR_OK);
	assert_memory_equal(in, out, sizeof(in));
	assert_err(guest_read(gpa(GUEST_CALLING_AREA), in, 8), ERR_OK);
	assert_err(guest_read(gpa(GUEST_SHARED), in, 0), ERR_OK);
}

static void foreign_memory_is_not_copied(void **state)
{
	static const u64 addresses[] = {
		GUEST_SHARED,
		GUEST_PRIVATE + 4 * MIB - 4,
		GUEST_HOLE,
		SVSM_BASE,
		SVSM_VMSA,
		GUEST_OTHER_VMSA,
		GUEST_RETIRED_VMSA,
		UINT64_MAX - 3,
		GUEST_OTHER_VMSA - 4,
		UINT64_MAX - 7,
	};
	u8 bytes[8] = {1, 2, 3, 4, 5, 6, 7, 8};
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		assert_err(guest_read(gpa(addresses[i]), bytes, sizeof(bytes)), ERR_RANGE);
		assert_err(guest_write(gpa(addresses[i]), bytes, sizeof(bytes)), ERR_RANGE);
	}
	assert_int_equal(bytes[0], 1);
	assert_int_equal(*(u8 *)fake_bytes(gpa(GUEST_PRIVATE + 4 * MIB - 4)), 0);
	assert_err(page_state_begin(gpa(GUEST_PRIVATE), PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	assert_err(guest_read(gpa(GUEST_PRIVATE), bytes, 1), ERR_BUSY);
	assert_err(guest_write(gpa(GUEST_PRIVATE + 4095), bytes, 1), ERR_BUSY);
}

#define GUEST_TEST(function) cmocka_unit_test_setup_teardown(function, setup_guest, teardown_guest)

/* The first failure ends it, whatever would have gone well after it. */
static void first_failure_ends_a_range(void **state)
{
	fake.faults.small_pages = true;
	fake.faults.validate_code = RMP_FAIL_INPUT;
	fake.faults.validate_countdown = 2;
	assert_err(accept_range(gpa(GUEST_SHARED), 4), ERR_HARDWARE);
	assert_false(fake_entry(gpa(GUEST_SHARED + 2 * PAGE)).validated);
	fake.faults.validate_countdown = 1;
	assert_err(accept_remaining(), ERR_HARDWARE);
	assert_false(fake_entry(gpa(GUEST_HIGH_RAM)).validated);
	fake.faults.validate_countdown = 3; /* the first one finds small pages */
	assert_err(accept_range(gpa(GUEST_SHARED + 4 * MIB), 512), ERR_HARDWARE);
	assert_false(fake_entry(gpa(GUEST_SHARED + 4 * MIB + 2 * PAGE)).validated);
	fake_launch(gpa(GUEST_SHARED + 8 * PAGE), 2);
	fake.faults.permit_code = RMP_FAIL_INPUT;
	fake.faults.permit_countdown = 1;
	assert_err(accept_loaded(gpa(GUEST_SHARED + 8 * PAGE), 2), ERR_HARDWARE);
}

int test_accept(void)
{
	const struct CMUnitTest tests[] = {
		GUEST_TEST(only_vmpl_1_to_3_are_guests),
		GUEST_TEST(validated_page_is_clear_and_granted),
		GUEST_TEST(validated_large_page_is_clear_and_granted),
		GUEST_TEST(nothing_changes_twice),
		GUEST_TEST(rescinded_page_is_closed),
		GUEST_TEST(masks_cleared_by_validation_do_not_matter),
		GUEST_TEST(size_mismatch_is_reported),
		GUEST_TEST(failing_instructions_change_nothing),
		GUEST_TEST(replaced_page_is_never_validated),
		GUEST_TEST(rescinding_a_page_that_was_taken_away_is_an_error),
		GUEST_TEST(pages_taken_away_are_not_copied),
		GUEST_TEST(validation_that_cannot_be_undone_is_forfeited),
		GUEST_TEST(validation_of_a_large_page_is_undone),
		GUEST_TEST(split_validation_is_undone_in_parts),
		GUEST_TEST(parts_that_cannot_be_undone_are_forfeited),
		GUEST_TEST(unexpected_no_change_is_not_granted),
		GUEST_TEST(ranges_are_accepted_in_large_pages),
		GUEST_TEST(first_failure_ends_a_range),
		GUEST_TEST(ranges_are_refused_when_not_all_shared),
		GUEST_TEST(everything_left_is_accepted),
		GUEST_TEST(loaded_pages_keep_their_content),
		GUEST_TEST(guest_memory_is_copied_across_pages),
		GUEST_TEST(foreign_memory_is_not_copied),
	};
	return cmocka_run_group_tests_name("acceptance", tests, NULL, NULL);
}
