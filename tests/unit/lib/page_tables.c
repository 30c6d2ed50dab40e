/* SPDX-License-Identifier: MIT */
#include "x86/page_tables.h"

#include "unit/unit.h"

#define POOL 0x1000000ULL
#define POOL_PAGES 16U
#define C_BIT (1ULL << 51)
#define HIGH 0xFFFFFFFF80000000ULL
#define WRITE (PAGE_ENTRY_WRITE | PAGE_ENTRY_NO_EXECUTE)

static u64 pool[POOL_PAGES][PAGE_TABLE_ENTRIES];

static struct page_tables fresh(u32 capacity, u64 c_bit)
{
	struct page_tables t = {.pages = pool, .capacity = capacity, .address = POOL, .c_bit = c_bit};
	memset(pool, 0xFF, sizeof(pool));
	assert_err(page_tables_begin(&t), ERR_OK);
	return t;
}

static enum err map(struct page_tables *t, u64 virtual_address, u64 address, u64 size, u32 level)
{
	const struct page_request request = {virtual_address, address, size, WRITE, level};
	return page_tables_map(t, &request);
}

static void index_algebra(void **state)
{
	assert_int_equal(page_entry_index(HIGH, 4), 511);
	assert_int_equal(page_entry_index(HIGH, 3), 510);
	assert_int_equal(page_entry_index(HIGH + 0x201000, 2), 1);
	assert_int_equal(page_entry_index(HIGH + 0x201000, 1), 1);
	assert_int_equal(page_entry_span(1), 0x1000);
	assert_int_equal(page_entry_span(3), 1ULL << 30);
	assert_true(page_address_canonical(HIGH));
	assert_true(page_address_canonical(0x7FFFFFFFFFFF));
	assert_false(page_address_canonical(0x800000000000));
	assert_int_equal(page_entry_address(0x8000000000201083ULL | C_BIT, 2, C_BIT), 0x200000);
	assert_int_equal(page_entry_address(0x8000000000201003ULL | C_BIT, 1, C_BIT), 0x201000);
}

static void maps_and_finds(void **state)
{
	struct page_tables t = fresh(POOL_PAGES, C_BIT);
	struct page_mapping m;
	assert_err(map(&t, HIGH, 0xFF000000, 0x3000, 1), ERR_OK);
	assert_int_equal(t.used, 4);
	assert_err(page_tables_find(&t, HIGH + 0x2FFF, &m), ERR_OK);
	assert_int_equal(m.level, 1);
	assert_int_equal(m.address, 0xFF002000);
	assert_int_equal(m.entry, 0xFF002000 | WRITE | PAGE_ENTRY_PRESENT | C_BIT);
	assert_err(page_tables_find(&t, HIGH + 0x3000, &m), ERR_NOT_FOUND);
	assert_err(page_tables_find(&t, 0, &m), ERR_NOT_FOUND);
	assert_true((pool[0][511] & C_BIT) != 0); /* tables carry it as well */
}

static void maps_large_pages(void **state)
{
	struct page_tables t = fresh(6, 0);
	struct page_mapping m;
	assert_err(map(&t, 0, 0, 1ULL << 32, 2), ERR_OK);
	assert_int_equal(t.used, 6); /* the identity map of 4 GiB */
	assert_err(page_tables_find(&t, 0xFFE12345, &m), ERR_OK);
	assert_int_equal(m.level, 2);
	assert_int_equal(m.address, 0xFFE00000);
	assert_true((m.entry & PAGE_ENTRY_LARGE) != 0);
	assert_err(map(&t, 0x1000, 0x1000, 0x1000, 1), ERR_EXISTS);
	t = fresh(2, 0);
	assert_err(map(&t, 0, 0, 1ULL << 30, 3), ERR_OK);
	assert_err(page_tables_find(&t, 0x3FFFFFFF, &m), ERR_OK);
	assert_int_equal(m.level, 3);
}

static void refuses_bad_requests(void **state)
{
	struct page_tables t = fresh(POOL_PAGES, 0);
	assert_err(map(&t, 0x800, 0, 0x1000, 1), ERR_INPUT);
	assert_err(map(&t, 0, 0x800, 0x1000, 1), ERR_INPUT);
	assert_err(map(&t, 0, 0, 0x800, 1), ERR_INPUT);
	assert_err(map(&t, 0, 0, 0, 1), ERR_INPUT);
	assert_err(map(&t, 0x1000, 0, 0x200000, 2), ERR_INPUT);
	assert_err(map(&t, 0, 0, 0x1000, 0), ERR_INPUT);
	assert_err(map(&t, 0, 0, 0x1000, 4), ERR_INPUT);
	assert_err(map(&t, 0x800000000000, 0, 0x1000, 1), ERR_INPUT);
	assert_err(map(&t, 0x7FFFFFFFF000, 0, 0x2000, 1), ERR_INPUT);
	assert_err(map(&t, 0xFFFFFFFFFFFFF000, 0, 0x2000, 1), ERR_RANGE);
	assert_err(map(&t, 0, 1ULL << 52, 0x1000, 1), ERR_RANGE);
	assert_int_equal(t.used, 1);
	assert_err(map(&t, 0xFFFFFFFFFFFFF000, 0, 0x1000, 1), ERR_OK);
}

static void pool_runs_out(void **state)
{
	for (u32 capacity = 1; capacity < 4; capacity++) {
		struct page_tables t = fresh(capacity, 0);
		assert_err(map(&t, HIGH, 0, 0x1000, 1), ERR_NO_MEMORY);
	}
	struct page_tables none = {.pages = pool, .address = POOL};
	assert_err(page_tables_begin(&none), ERR_NO_MEMORY);
	none.address = POOL + 8;
	assert_err(page_tables_begin(&none), ERR_INPUT);
}

static void refuses_to_map_twice(void **state)
{
	struct page_tables t = fresh(POOL_PAGES, 0);
	assert_err(map(&t, HIGH, 0, 0x1000, 1), ERR_OK);
	assert_err(map(&t, HIGH, 0x5000, 0x1000, 1), ERR_EXISTS);
	assert_err(map(&t, HIGH, 0, 0x200000, 2), ERR_EXISTS);
}

static void reserves_tables(void **state)
{
	struct page_tables t = fresh(POOL_PAGES, C_BIT);
	u64 directory;
	u64 table;
	u64 again;
	assert_err(page_tables_reserve(&t, 0xFFFFFFFFC0000000, 2, &directory), ERR_OK);
	assert_err(page_tables_reserve(&t, 0xFFFFFFFFC0000000, 1, &table), ERR_OK);
	assert_err(page_tables_reserve(&t, 0xFFFFFFFFC0000000, 1, &again), ERR_OK);
	assert_int_equal(directory, POOL + 0x2000);
	assert_int_equal(table, POOL + 0x3000);
	assert_int_equal(again, table);
	assert_err(page_tables_reserve(&t, 0x800000000000, 1, &again), ERR_INPUT);
	assert_err(map(&t, 0, 0, 0x200000, 2), ERR_OK);
	assert_err(page_tables_reserve(&t, 0, 1, &again), ERR_EXISTS);
}

/* Tables that someone else wrote: an entry that leads out of the pool is not followed. */
static void does_not_leave_the_pool(void **state)
{
	struct page_tables t = fresh(POOL_PAGES, 0);
	struct page_mapping m;
	u64 table;
	pool[0][0] = 0x5000 | PAGE_ENTRY_PRESENT;
	assert_err(page_tables_find(&t, 0, &m), ERR_RANGE);
	assert_err(page_tables_reserve(&t, 0, 1, &table), ERR_RANGE);
	pool[0][0] = (POOL + 0x10000) | PAGE_ENTRY_PRESENT;
	assert_err(page_tables_find(&t, 0, &m), ERR_RANGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(index_algebra),    cmocka_unit_test(maps_and_finds),
		cmocka_unit_test(maps_large_pages), cmocka_unit_test(refuses_bad_requests),
		cmocka_unit_test(pool_runs_out),    cmocka_unit_test(refuses_to_map_twice),
		cmocka_unit_test(reserves_tables),  cmocka_unit_test(does_not_leave_the_pool),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
