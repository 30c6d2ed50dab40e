/* SPDX-License-Identifier: MIT */
/* The SVSM's self-tests that need no processor, on platform/fake. They say what failed on the standard error. */
#include "unit.h"

#include "guest/memory_map.h"
#include "guest/page_state.h"
#include "guest/rights.h"
#include "platform/fake/fake.h"
#include "selftest/guest.h"
#include "selftest/selftest.h"
#include "selftest/tap.h"

#define MIB (1ULL << 20)
#define RAM_END (64 * MIB)
#define GROUND (16 * MIB)
#define OWN 0xFF000000ULL

static const struct selftest_ground ground = {.start = {GROUND}, .own = {OWN}};

static bool play_guest(void *context, struct vmsa *vmsa)
{
	return guest_turn();
}

static u8 *storage;

static int setup(void **state)
{
	struct memory_map map = {.count = 1, .ranges = {{0, RAM_END, MEMORY_RAM}}};
	fake_reset();
	assert_err(memory_map_reserve(&map, OWN, 2 * MIB), ERR_OK);
	storage = test_malloc(page_states_bytes(&map));
	assert_err(page_states_init(&map, storage, page_states_bytes(&map)), ERR_OK);
	assert_err(rights_init(2), ERR_OK);
	fake_launch(gpa(OWN), 512);
	fake.guest = play_guest;
	return 0;
}

static int teardown(void **state)
{
	test_free(storage);
	return 0;
}

static void windows(void **state)
{
	selftest_windows(&ground);
	assert_int_equal(fake_open_windows(), 0);
	assert_true(tap_finish());
}

static void pages(void **state)
{
	selftest_pages(&ground);
	assert_int_equal(fake_open_windows(), 0);
	assert_true(tap_finish());
}

static void calls(void **state)
{
	selftest_calls(&ground);
	assert_true(tap_finish());
}

/* A test that never fails would pass all the above, too. Last: what failed is remembered. */
static void finds_a_host_that_refuses(void **state)
{
	fake.faults.page_state_refused = true;
	selftest_windows(&ground);
	assert_false(tap_finish());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(windows, setup, teardown),
		cmocka_unit_test_setup_teardown(pages, setup, teardown),
		cmocka_unit_test_setup_teardown(calls, setup, teardown),
		cmocka_unit_test_setup_teardown(finds_a_host_that_refuses, setup, teardown),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
