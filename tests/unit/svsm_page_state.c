/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

#include <stdlib.h>

#include "guest/accept.h"
#include "guest/page_state.h"
#include "guest/rights.h"
#include "platform/fake/fake.h"

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)
#define RAM_PAGE gpa(16 * MIB)
#define PAGE ((u64)PAGE_SIZE)

static void *storage;

static void table_init(const struct memory_map *map)
{
	free(storage);
	u64 bytes = page_states_bytes(map);
	storage = malloc(bytes); /* exactly that much: the sanitizer watches the end */
	assert_non_null(storage);
	assert_err(page_states_init(map, storage, bytes - 1), ERR_NO_MEMORY);
	assert_err(page_states_init(map, storage, bytes), ERR_OK);
}

/* 640 KiB, a hole, 1 MiB to 64 MiB with 2 MiB of ours in it, the firmware, 32 MiB above 4 GiB */
static int small_guest(void **state)
{
	static const struct memory_map map = {
		.count = 6,
		.ranges = {{0, 0xA0000, MEMORY_RAM},
			   {MIB, 31 * MIB, MEMORY_RAM},
			   {32 * MIB, 2 * MIB, MEMORY_SVSM},
			   {34 * MIB, 30 * MIB, MEMORY_RAM},
			   {0xFFC84000, 4 * GIB - 0xFFC84000, MEMORY_FIRMWARE},
			   {4 * GIB, 32 * MIB, MEMORY_RAM}},
	};
	fake_reset();
	table_init(&map);
	return 0;
}

static int free_storage(void **state)
{
	free(storage);
	storage = NULL;
	return 0;
}

static enum page_state state_of(u64 address)
{
	struct page_states_locked states = page_states_lock();
	enum page_state state = page_state_get(states, gpa(address));
	page_states_unlock(states);
	return state;
}

static void change(gpa_t page, enum page_size size, enum page_change change)
{
	assert_err(page_state_begin(page, size, change), ERR_OK);
	assert_int_equal(state_of(page.raw), PAGE_STATE_CLAIMED);
	page_state_end(page, size, change, true);
}

static void first_states_follow_the_map(void **state)
{
	static const struct {
		u64 address;
		enum page_state state;
	} cases[] = {
		{0, PAGE_STATE_SHARED},          {0x9FFFF, PAGE_STATE_SHARED},    {0xA0000, PAGE_STATE_NONE},
		{MIB - 1, PAGE_STATE_NONE},      {MIB, PAGE_STATE_SHARED},        {32 * MIB - 1, PAGE_STATE_SHARED},
		{32 * MIB, PAGE_STATE_SVSM},     {34 * MIB - 1, PAGE_STATE_SVSM}, {34 * MIB, PAGE_STATE_SHARED},
		{64 * MIB, PAGE_STATE_NONE},     {GIB, PAGE_STATE_NONE},          {0xFFC83FFF, PAGE_STATE_NONE},
		{0xFFC84000, PAGE_STATE_SHARED}, {4 * GIB, PAGE_STATE_SHARED},    {4 * GIB + 32 * MIB, PAGE_STATE_NONE},
		{1ULL << 51, PAGE_STATE_NONE},   {UINT64_MAX, PAGE_STATE_NONE},
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(state_of(cases[i].address), cases[i].state);
	}
}

/* Brings a private page (or one that is shared still) into the state. */
static void bring_to(gpa_t page, enum page_state state)
{
	if (state != PAGE_STATE_SHARED) {
		change(page, PAGE_4K, PAGE_CHANGE_VALIDATE);
	}
	if (state == PAGE_STATE_VMSA) {
		change(page, PAGE_4K, PAGE_CHANGE_MAKE_VMSA);
	} else if (state == PAGE_STATE_CALLING_AREA) {
		change(page, PAGE_4K, PAGE_CHANGE_MAKE_CALLING_AREA);
	} else if (state == PAGE_STATE_DEPOSITED) {
		change(page, PAGE_4K, PAGE_CHANGE_DEPOSIT);
	} else if (state == PAGE_STATE_CLAIMED) {
		assert_err(page_state_begin(page, PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	}
	assert_int_equal(state_of(page.raw), state);
}

/* Tries it, and takes it back. */
static void try_change(gpa_t page, enum page_change change, enum err expected)
{
	assert_err(page_state_begin(page, PAGE_4K, change), expected);
	if (expected == ERR_OK) {
		page_state_end(page, PAGE_4K, change, false);
	}
}

static u64 deposited(void)
{
	struct page_states_locked states = page_states_lock();
	u64 pages = page_states_deposited(states);
	page_states_unlock(states);
	return pages;
}

static void every_transition_is_on_the_list(void **state)
{
	static const struct {
		enum page_state state;
		enum err expected[PAGE_CHANGE_COUNT]; /* in the order of enum page_change */
	} rows[] = {
		{PAGE_STATE_SHARED,
		 {ERR_OK, ERR_OK, ERR_EXISTS, ERR_STATE, ERR_STATE, ERR_STATE, ERR_STATE, ERR_STATE, ERR_STATE,
		  ERR_STATE, ERR_OK}},
		{PAGE_STATE_PRIVATE,
		 {ERR_EXISTS, ERR_EXISTS, ERR_OK, ERR_OK, ERR_EXISTS, ERR_OK, ERR_EXISTS, ERR_OK, ERR_EXISTS, ERR_STATE,
		  ERR_STATE}},
		{PAGE_STATE_VMSA,
		 {ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_OK, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE,
		  ERR_RANGE, ERR_RANGE}},
		{PAGE_STATE_CALLING_AREA,
		 {ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_OK, ERR_RANGE, ERR_RANGE,
		  ERR_RANGE, ERR_RANGE}},
		{PAGE_STATE_DEPOSITED,
		 {ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_RANGE, ERR_OK,
		  ERR_OK, ERR_RANGE}},
		{PAGE_STATE_CLAIMED,
		 {ERR_BUSY, ERR_BUSY, ERR_BUSY, ERR_BUSY, ERR_BUSY, ERR_BUSY, ERR_BUSY, ERR_BUSY, ERR_BUSY, ERR_BUSY,
		  ERR_BUSY}},
	};
	for (size_t row = 0; row < ARRAY_SIZE(rows); row++) {
		gpa_t page = gpa(RAM_PAGE.raw + row * PAGE);
		bring_to(page, rows[row].state);
		for (u32 i = 0; i < PAGE_CHANGE_COUNT; i++) {
			u64 before = deposited();
			try_change(page, (enum page_change)i, rows[row].expected[i]);
			assert_int_equal(state_of(page.raw), rows[row].state);
			assert_int_equal(deposited(), before);
		}
	}
}

static void foreign_memory_has_no_transition(void **state)
{
	static const u64 addresses[] = {
		0xA0000, 32 * MIB, 33 * MIB, 64 * MIB, GIB, 1ULL << 51, UINT64_MAX - PAGE_SIZE + 1};
	for (size_t i = 0; i < ARRAY_SIZE(addresses); i++) {
		for (u32 c = 0; c < PAGE_CHANGE_COUNT; c++) {
			assert_err(page_state_begin(gpa(addresses[i]), PAGE_4K, (enum page_change)c), ERR_RANGE);
		}
	}
	assert_err(page_state_begin(gpa(0), PAGE_2M, PAGE_CHANGE_VALIDATE), ERR_RANGE);
	assert_err(page_state_begin(gpa(0xFFC00000), PAGE_2M, PAGE_CHANGE_VALIDATE), ERR_RANGE);
	assert_err(page_state_begin(gpa(MIB), PAGE_2M, PAGE_CHANGE_VALIDATE), ERR_INPUT);
	assert_err(page_state_begin(gpa(MIB + 1), PAGE_4K, PAGE_CHANGE_VALIDATE), ERR_INPUT);
}

static void large_page_splits_and_settles(void **state)
{
	gpa_t block = gpa(8 * MIB);
	gpa_t page = gpa(9 * MIB);
	change(block, PAGE_2M, PAGE_CHANGE_VALIDATE);
	assert_int_equal(state_of(10 * MIB - 1), PAGE_STATE_PRIVATE);
	change(page, PAGE_4K, PAGE_CHANGE_RESCIND);
	assert_int_equal(state_of(page.raw), PAGE_STATE_SHARED);
	assert_int_equal(state_of(page.raw - 1), PAGE_STATE_PRIVATE);
	assert_int_equal(state_of(page.raw + PAGE_SIZE), PAGE_STATE_PRIVATE);
	assert_err(page_state_begin(block, PAGE_2M, PAGE_CHANGE_VALIDATE), ERR_STATE);
	assert_err(page_state_begin(block, PAGE_2M, PAGE_CHANGE_RESCIND), ERR_STATE);
	change(page, PAGE_4K, PAGE_CHANGE_VALIDATE);
	assert_err(page_state_begin(block, PAGE_2M, PAGE_CHANGE_VALIDATE), ERR_EXISTS);
	change(block, PAGE_2M, PAGE_CHANGE_RESCIND);
	assert_int_equal(state_of(page.raw), PAGE_STATE_SHARED);
}

static void mixed_large_page_names_the_worst(void **state)
{
	gpa_t block = gpa(8 * MIB);
	gpa_t first = gpa(9 * MIB);
	gpa_t second = gpa(9 * MIB + PAGE_SIZE);
	change(block, PAGE_2M, PAGE_CHANGE_VALIDATE);
	assert_err(page_state_begin(first, PAGE_4K, PAGE_CHANGE_RESCIND), ERR_OK);
	assert_err(page_state_begin(block, PAGE_2M, PAGE_CHANGE_RESCIND), ERR_BUSY);
	change(second, PAGE_4K, PAGE_CHANGE_MAKE_VMSA);
	assert_err(page_state_begin(block, PAGE_2M, PAGE_CHANGE_RESCIND), ERR_RANGE);
	page_state_end(first, PAGE_4K, PAGE_CHANGE_RESCIND, false);
	change(second, PAGE_4K, PAGE_CHANGE_DROP_VMSA);
	change(block, PAGE_2M, PAGE_CHANGE_RESCIND);
}

static void claimed_large_page_covers_its_parts(void **state)
{
	gpa_t block = gpa(8 * MIB);
	assert_err(page_state_begin(block, PAGE_2M, PAGE_CHANGE_VALIDATE), ERR_OK);
	assert_err(page_state_begin(block, PAGE_2M, PAGE_CHANGE_VALIDATE), ERR_BUSY);
	assert_err(page_state_begin(gpa(9 * MIB), PAGE_4K, PAGE_CHANGE_VALIDATE), ERR_BUSY);
	page_state_end(block, PAGE_2M, PAGE_CHANGE_VALIDATE, false);
	assert_int_equal(state_of(9 * MIB), PAGE_STATE_SHARED);
}

static bool next_run(enum page_state wanted, u64 from, u64 limit, u64 *start, u64 *pages)
{
	struct page_run run = {0};
	struct page_states_locked states = page_states_lock();
	bool found = page_state_next_run(states, wanted, gpa(from), limit, &run);
	page_states_unlock(states);
	*start = run.start.raw;
	*pages = run.pages;
	return found;
}

static void runs_are_found(void **state)
{
	u64 start;
	u64 pages;
	assert_true(next_run(PAGE_STATE_SHARED, 0, 1 << 20, &start, &pages));
	assert_int_equal(start, 0);
	assert_int_equal(pages, 0xA0);
	assert_true(next_run(PAGE_STATE_SHARED, 0xA0000, 1 << 20, &start, &pages));
	assert_int_equal(start, MIB);
	assert_int_equal(pages, 31 * MIB / PAGE_SIZE);
	assert_true(next_run(PAGE_STATE_SHARED, 5 * PAGE, 7, &start, &pages));
	assert_int_equal(start, 5 * PAGE);
	assert_int_equal(pages, 7);
	assert_true(next_run(PAGE_STATE_SHARED, 64 * MIB, 1 << 20, &start, &pages));
	assert_int_equal(start, 0xFFC84000);
	assert_int_equal(pages, (4 * GIB - 0xFFC84000 + 32 * MIB) / PAGE_SIZE);
	assert_true(next_run(PAGE_STATE_SVSM, 0, 1 << 20, &start, &pages));
	assert_int_equal(start, 32 * MIB);
	assert_int_equal(pages, 512);
	assert_false(next_run(PAGE_STATE_VMSA, 0, 1 << 20, &start, &pages));
	assert_false(next_run(PAGE_STATE_SHARED, 5 * GIB, 1 << 20, &start, &pages));
}

static enum err find(enum page_state wanted, gpa_t *from, u32 *looks)
{
	struct page_states_locked states = page_states_lock();
	enum err error = page_state_find(states, wanted, from, looks);
	page_states_unlock(states);
	return error;
}

/* A search takes as many looks as it may, and goes on from where it stopped. */
static void searches_are_bounded(void **state)
{
	gpa_t from = gpa(PAGE);
	u32 looks = 0;
	assert_err(find(PAGE_STATE_SVSM, &from, &looks), ERR_INCOMPLETE);
	assert_int_equal(from.raw, PAGE);
	assert_int_equal(looks, 0);
	u32 taken = 0;
	do {
		looks = 1;
		taken++;
		assert_in_range(taken, 1, 32 * MIB / PAGE_SIZE);
	} while (find(PAGE_STATE_SVSM, &from, &looks) == ERR_INCOMPLETE);
	assert_int_equal(from.raw, 32 * MIB);
	from = gpa(PAGE);
	looks = taken - 1;
	assert_err(find(PAGE_STATE_SVSM, &from, &looks), ERR_INCOMPLETE);
	looks = 10;
	assert_err(find(PAGE_STATE_SVSM, &from, &looks), ERR_OK);
	assert_int_equal(from.raw, 32 * MIB);
	assert_int_equal(looks, 9);
	looks = 1 << 20;
	assert_err(find(PAGE_STATE_VMSA, &from, &looks), ERR_NOT_FOUND);
}

/* 1 TiB: what the table needs, and its far end. */
static void terabyte_guest(void **state)
{
	static const struct memory_map map = {
		.count = 2,
		.ranges = {{0, 2 * GIB, MEMORY_RAM}, {4 * GIB, 1024 * GIB, MEMORY_RAM}},
	};
	u64 start;
	u64 pages;
	assert_int_equal(page_states_bytes(&map), 1026 * 512 * 257ULL);
	table_init(&map);
	gpa_t last = gpa(1028 * GIB - PAGE_SIZE);
	change(last, PAGE_4K, PAGE_CHANGE_VALIDATE);
	assert_int_equal(state_of(last.raw), PAGE_STATE_PRIVATE);
	assert_int_equal(state_of(last.raw - 1), PAGE_STATE_SHARED);
	assert_int_equal(state_of(1028 * GIB), PAGE_STATE_NONE);
	assert_true(next_run(PAGE_STATE_SHARED, 4 * GIB, UINT32_MAX, &start, &pages));
	assert_int_equal(pages, (1024 * GIB >> PAGE_SHIFT) - 1);
}

/* Pages of both sizes all over it, in the table and in the RMP. */
static void terabyte_guest_accepts_and_gives_back(void **state)
{
	static const struct memory_map map = {.count = 2,
					      .ranges = {{0, 3 * GIB, MEMORY_RAM}, {4 * GIB, 1024 * GIB, MEMORY_RAM}}};
	const u64 step = 13 * GIB + 2 * MIB;
	u32 code;
	fake_reset();
	table_init(&map);
	assert_err(rights_init(2), ERR_OK);
	for (u64 block = 4 * GIB; block < 1028 * GIB; block += step) {
		assert_err(accept_range(gpa(block), 513), ERR_OK);
		assert_err(accept_rescind(gpa(block + 7 * PAGE), PAGE_4K, &code), ERR_OK);
		assert_true(fake_guest_may(2, gpa(block), RMP_PERM_ALL));
		assert_false(fake_guest_may(2, gpa(block + 7 * PAGE), RMP_PERM_READ));
		assert_true(fake_guest_may(2, gpa(block + 2 * MIB), RMP_PERM_ALL));
		assert_int_equal(state_of(block + 7 * PAGE), PAGE_STATE_SHARED);
		assert_int_equal(state_of(block + 8 * PAGE), PAGE_STATE_PRIVATE);
		assert_int_equal(state_of(block + 2 * MIB + PAGE), PAGE_STATE_SHARED);
	}
	accept_flush();
}

static void gibibyte_guest_needs_little(void **state)
{
	static const struct memory_map map = {.count = 1, .ranges = {{0, GIB, MEMORY_RAM}}};
	static const struct memory_map one_block = {.count = 2,
						    .ranges = {{0, 0xA0000, MEMORY_RAM}, {MIB, MIB, MEMORY_RAM}}};
	assert_int_equal(page_states_bytes(&map), 512ULL * 257);
	assert_int_equal(page_states_bytes(&one_block), 8 + 256);
}

int test_page_state(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(first_states_follow_the_map, small_guest),
		cmocka_unit_test_setup(every_transition_is_on_the_list, small_guest),
		cmocka_unit_test_setup(foreign_memory_has_no_transition, small_guest),
		cmocka_unit_test_setup(large_page_splits_and_settles, small_guest),
		cmocka_unit_test_setup(mixed_large_page_names_the_worst, small_guest),
		cmocka_unit_test_setup(claimed_large_page_covers_its_parts, small_guest),
		cmocka_unit_test_setup(runs_are_found, small_guest),
		cmocka_unit_test_setup(searches_are_bounded, small_guest),
		cmocka_unit_test(terabyte_guest),
		cmocka_unit_test(terabyte_guest_accepts_and_gives_back),
		cmocka_unit_test(gibibyte_guest_needs_little),
	};
	return cmocka_run_group_tests_name("page states", tests, NULL, free_storage);
}
