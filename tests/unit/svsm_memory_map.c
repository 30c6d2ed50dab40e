/* SPDX-License-Identifier: MIT */
#include "svsm_groups.h"

#include "guest/memory_map.h"

#define PAGE ((u64)PAGE_SIZE)

#define MIB (1ULL << 20)
#define GIB (1ULL << 30)

struct entry {
	u64 page, pages;
	u16 type, flags;
	u32 reserved;
};
_Static_assert(sizeof(struct entry) == 24, "an entry of the host's map");

static enum err parse(const struct entry *entries, size_t count, struct memory_map *map, u32 *where)
{
	struct memory_map_error error = {.what = "none", .entry = 999};
	enum err result = memory_map_parse(span_of(entries, count * sizeof(*entries)), map, &error);
	if (where != NULL) {
		*where = error.entry;
	}
	return result;
}

static void assert_range(const struct memory_map *map, u32 i, u64 start, u64 size, enum memory_kind kind)
{
	assert_true(i < map->count);
	assert_int_equal(map->ranges[i].start, start);
	assert_int_equal(map->ranges[i].size, size);
	assert_int_equal(map->ranges[i].kind, kind);
}

static void good_map_is_read(void **state)
{
	const struct entry entries[] = {
		{0, 0xA0, 0, 0, 0},
		{0xA0, 0x60, 1, 0, 0},
		{0x100, 0x7FF00, 0, 0, 0},
		{0xFD000, 0x1000, 5, 0, 0},
		{0x100000, 0x40000, 0, 0, 0},
		{0, 0, 0, 0, 0},
		{7, 7, 7, 7, 7},
	};
	struct memory_map map;
	assert_err(parse(entries, ARRAY_SIZE(entries), &map, NULL), ERR_OK);
	assert_int_equal(map.count, 3);
	assert_range(&map, 0, 0, 640ULL * 1024, MEMORY_RAM);
	assert_range(&map, 1, MIB, 2 * GIB - MIB, MEMORY_RAM);
	assert_range(&map, 2, 4 * GIB, GIB, MEMORY_RAM);
	assert_int_equal(memory_map_bytes(&map, MEMORY_RAM), 3 * GIB - 384ULL * 1024);
}

static void neighbours_become_one(void **state)
{
	const struct entry entries[] = {{0, 16, 0, 0, 0}, {16, 16, 0, 0, 0}, {33, 1, 0, 0, 0}};
	struct memory_map map;
	assert_err(parse(entries, ARRAY_SIZE(entries), &map, NULL), ERR_OK);
	assert_int_equal(map.count, 2);
	assert_range(&map, 0, 0, 32 * PAGE, MEMORY_RAM);
}

static void flagged_ram_is_no_memory(void **state)
{
	const struct entry entries[] = {{0, 16, 0, 0, 0}, {16, 16, 0, 1, 0}};
	struct memory_map map;
	assert_err(parse(entries, ARRAY_SIZE(entries), &map, NULL), ERR_OK);
	assert_int_equal(memory_map_bytes(&map, MEMORY_RAM), 16 * PAGE);
}

static void hostile_maps_are_refused(void **state)
{
	const u64 top = MEMORY_MAP_LIMIT >> PAGE_SHIFT;
	const struct {
		struct entry entries[3];
		size_t count;
		enum err error;
		u32 where;
	} cases[] = {
		{{{16, 16, 0, 0, 0}, {0, 16, 0, 0, 0}}, 2, ERR_INPUT, 1},        /* out of order */
		{{{0, 16, 0, 0, 0}, {15, 16, 0, 0, 0}}, 2, ERR_INPUT, 1},        /* overlap */
		{{{0, 16, 0, 0, 0}, {0, 16, 0, 0, 0}}, 2, ERR_INPUT, 1},         /* twice */
		{{{0, 16, 1, 0, 0}, {15, 16, 0, 0, 0}}, 2, ERR_INPUT, 1},        /* overlap with a reserved one */
		{{{0, 16, 0, 0, 0}, {15, 16, 1, 0, 0}}, 2, ERR_INPUT, 1},        /* a reserved one overlaps */
		{{{0, 16, 0, 0, 0}, {UINT64_MAX, 2, 0, 0, 0}}, 2, ERR_RANGE, 1}, /* wraps */
		{{{1, UINT64_MAX, 0, 0, 0}}, 1, ERR_RANGE, 0},                   /* wraps */
		{{{0, top + 1, 0, 0, 0}}, 1, ERR_RANGE, 0},                      /* too large */
		{{{top, 1, 0, 0, 0}}, 1, ERR_RANGE, 0},                          /* too high */
		{{{1ULL << 52, 1, 0, 0, 0}}, 1, ERR_RANGE, 0},                   /* address would lose bits */
		{{{0, 0, 0, 0, 0}, {0, 16, 0, 0, 0}}, 2, ERR_NOT_FOUND, 0},      /* empty */
		{{{0, 16, 1, 0, 0}, {16, 16, 2, 0, 0}}, 2, ERR_NOT_FOUND, 2},    /* no RAM */
		{{{0, 16, 0xFFFF, 0, 0}}, 1, ERR_NOT_FOUND, 1},                  /* unknown type is not RAM */
	};
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct memory_map map = {.count = 77};
		u32 where;
		assert_err(parse(cases[i].entries, cases[i].count, &map, &where), cases[i].error);
		assert_int_equal(where, cases[i].where);
		assert_int_equal(map.count, 77);
	}
}

static void partial_entry_is_refused(void **state)
{
	const struct entry entries[] = {{0, 16, 0, 0, 0}, {16, 16, 0, 0, 0}};
	struct memory_map map;
	for (size_t n = 1; n < sizeof(entries[0]); n++) {
		struct span bytes = span_of(entries, sizeof(entries[0]) + n);
		assert_err(memory_map_parse(bytes, &map, NULL), ERR_TRUNCATED);
	}
	assert_err(memory_map_parse(span_of(entries, 0), &map, NULL), ERR_NOT_FOUND);
}

static void too_many_ranges_are_refused(void **state)
{
	struct entry entries[MEMORY_MAP_MAX_RANGES + 1];
	struct memory_map map;
	u32 where;
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		entries[i] = (struct entry){.page = i * 2, .pages = 1};
	}
	assert_err(parse(entries, MEMORY_MAP_MAX_RANGES, &map, NULL), ERR_OK);
	assert_err(memory_map_reserve(&map, PAGE_SIZE, PAGE_SIZE), ERR_NO_MEMORY);
	assert_err(parse(entries, ARRAY_SIZE(entries), &map, &where), ERR_NO_MEMORY);
	assert_int_equal(where, MEMORY_MAP_MAX_RANGES);
}

static struct memory_map two_gib(void)
{
	return (struct memory_map){
		.count = 2,
		.ranges = {{0, 2 * GIB, MEMORY_RAM}, {4 * GIB, GIB, MEMORY_RAM}},
	};
}

static void own_memory_is_taken_out(void **state)
{
	struct memory_map map = two_gib();
	assert_err(memory_map_reserve(&map, GIB, 2 * MIB), ERR_OK);
	assert_int_equal(map.count, 4);
	assert_range(&map, 0, 0, GIB, MEMORY_RAM);
	assert_range(&map, 1, GIB, 2 * MIB, MEMORY_SVSM);
	assert_range(&map, 2, GIB + 2 * MIB, GIB - 2 * MIB, MEMORY_RAM);
	assert_err(memory_map_reserve(&map, 2 * GIB - MIB, 2 * MIB), ERR_OK);
	assert_range(&map, 2, GIB + 2 * MIB, GIB - 3 * MIB, MEMORY_RAM);
	assert_range(&map, 3, 2 * GIB - MIB, 2 * MIB, MEMORY_SVSM);
	assert_err(memory_map_reserve(&map, 4 * GIB - MIB, 2 * MIB), ERR_OK);
	assert_range(&map, 5, 4 * GIB + MIB, GIB - MIB, MEMORY_RAM);
	assert_err(memory_map_reserve(&map, GIB + 2 * MIB, MIB), ERR_OK);
	assert_range(&map, 1, GIB, 3 * MIB, MEMORY_SVSM);
	assert_err(memory_map_reserve(&map, 0, 8 * GIB), ERR_OK);
	assert_int_equal(map.count, 1);
	assert_int_equal(memory_map_bytes(&map, MEMORY_RAM), 0);
}

static void wrong_ranges_are_refused(void **state)
{
	struct memory_map map = two_gib();
	gpa_t start;
	assert_err(memory_map_reserve(&map, 1, PAGE_SIZE), ERR_INPUT);
	assert_err(memory_map_reserve(&map, 0, 100), ERR_INPUT);
	assert_err(memory_map_reserve(&map, 0, 0), ERR_INPUT);
	assert_err(memory_map_reserve(&map, UINT64_MAX - PAGE_SIZE + 1, PAGE_SIZE), ERR_RANGE);
	assert_err(memory_map_include(&map, PAGE_SIZE, UINT64_MAX - PAGE_SIZE + 1), ERR_RANGE);
	assert_err(memory_map_include(&map, 1, PAGE_SIZE), ERR_INPUT);
	assert_err(memory_map_carve(&map, NULL, 0, PAGE_SIZE, &start), ERR_INPUT);
	assert_err(memory_map_carve(&map, NULL, 1, PAGE_SIZE, &start), ERR_INPUT);
	assert_err(memory_map_carve(&map, NULL, PAGE_SIZE, 8, &start), ERR_INPUT);
	assert_err(memory_map_carve(&map, NULL, PAGE_SIZE, 3 * PAGE, &start), ERR_INPUT);
	assert_int_equal(map.count, 2);
}

static void measured_ranges_are_added(void **state)
{
	struct memory_map map = two_gib();
	assert_err(memory_map_reserve(&map, 0xFF000000, 2 * MIB), ERR_OK);
	assert_err(memory_map_include(&map, 0x100000, MIB), ERR_OK);
	assert_int_equal(map.count, 3);
	assert_err(memory_map_include(&map, 0xFFC00000, 4 * MIB), ERR_OK);
	assert_range(&map, 2, 0xFFC00000, 4 * MIB, MEMORY_FIRMWARE);
	assert_err(memory_map_include(&map, 2 * GIB - MIB, 2 * MIB), ERR_OK);
	assert_range(&map, 1, 2 * GIB, MIB, MEMORY_FIRMWARE);
	assert_err(memory_map_include(&map, 0xFEFFF000, 2 * PAGE), ERR_STATE);
	assert_true(memory_map_is_guest(&map, 0, 2 * GIB + MIB));
	assert_true(memory_map_is_guest(&map, 0xFFC00000, 4 * MIB + GIB));
	assert_false(memory_map_is_guest(&map, 0, 2 * GIB + MIB + 1));
	assert_false(memory_map_is_guest(&map, 0xFF000000, 1));
	assert_false(memory_map_is_guest(&map, UINT64_MAX, 2));
	assert_false(memory_map_is_guest(&map, 0, 0));
}

static void memory_ends_below_the_cbit(void **state)
{
	struct memory_map map = two_gib();
	assert_err(memory_map_check_limit(&map, 5 * GIB), ERR_OK);
	assert_err(memory_map_check_limit(&map, 5 * GIB - PAGE), ERR_RANGE);
}

static void table_is_carved_from_the_top(void **state)
{
	struct memory_map map = two_gib();
	gpa_t start;
	assert_err(memory_map_carve(&map, NULL, 3 * PAGE, 2 * MIB, &start), ERR_OK);
	assert_int_equal(start.raw, 5 * GIB - 2 * MIB);
	assert_range(&map, 3, 5 * GIB - 2 * MIB + 3 * PAGE, 2 * MIB - 3 * PAGE, MEMORY_RAM);
	assert_err(memory_map_carve(&map, NULL, PAGE_SIZE, PAGE_SIZE, &start), ERR_OK);
	assert_int_equal(start.raw, 5 * GIB - PAGE_SIZE);
	assert_err(memory_map_carve(&map, NULL, GIB + PAGE_SIZE, PAGE_SIZE, &start), ERR_OK);
	assert_int_equal(start.raw, GIB - PAGE_SIZE);
	assert_err(memory_map_carve(&map, NULL, 2 * GIB, PAGE_SIZE, &start), ERR_NO_MEMORY);
}

/* The image's ranges stay whatever the host's map makes of them: they were validated by the launch. */
static void image_is_not_carved(void **state)
{
	struct memory_map map = two_gib();
	const struct memory_map kept = {
		.count = 3,
		.ranges = {{5 * GIB - 3 * MIB, MIB, MEMORY_FIRMWARE},
			   {5 * GIB - PAGE, PAGE, MEMORY_FIRMWARE},
			   {4 * GIB + PAGE, PAGE, MEMORY_FIRMWARE}},
	};
	gpa_t start;
	assert_err(memory_map_carve(&map, &kept, 2 * MIB, 2 * MIB, &start), ERR_OK);
	assert_int_equal(start.raw, 5 * GIB - 6 * MIB);
	assert_err(memory_map_carve(&map, &kept, PAGE_SIZE, PAGE_SIZE, &start), ERR_OK);
	assert_int_equal(start.raw, 5 * GIB - 2 * PAGE);
	assert_err(memory_map_carve(&map, &kept, GIB - 6 * MIB, 2 * MIB, &start), ERR_OK);
	assert_true(start.raw < 2 * GIB);
}

static void ranges_are_walked_by_kind(void **state)
{
	struct memory_map map = two_gib();
	struct memory_range range;
	u32 index = 0;
	assert_err(memory_map_reserve(&map, GIB, MIB), ERR_OK);
	assert_true(memory_map_next(&map, MEMORY_RAM, &index, &range));
	assert_int_equal(range.start, 0);
	assert_true(memory_map_next(&map, MEMORY_RAM, &index, &range));
	assert_int_equal(range.start, GIB + MIB);
	assert_true(memory_map_next(&map, MEMORY_RAM, &index, &range));
	assert_int_equal(range.start, 4 * GIB);
	assert_false(memory_map_next(&map, MEMORY_RAM, &index, &range));
	index = 0;
	assert_true(memory_map_next(&map, MEMORY_SVSM, &index, &range));
	assert_false(memory_map_next(&map, MEMORY_SVSM, &index, &range));
	index = 0;
	assert_false(memory_map_next(&map, MEMORY_FIRMWARE, &index, &range));
}

int test_memory_map(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_map_is_read),
		cmocka_unit_test(neighbours_become_one),
		cmocka_unit_test(flagged_ram_is_no_memory),
		cmocka_unit_test(hostile_maps_are_refused),
		cmocka_unit_test(partial_entry_is_refused),
		cmocka_unit_test(too_many_ranges_are_refused),
		cmocka_unit_test(own_memory_is_taken_out),
		cmocka_unit_test(wrong_ranges_are_refused),
		cmocka_unit_test(measured_ranges_are_added),
		cmocka_unit_test(memory_ends_below_the_cbit),
		cmocka_unit_test(table_is_carved_from_the_top),
		cmocka_unit_test(image_is_not_carved),
		cmocka_unit_test(ranges_are_walked_by_kind),
	};
	return cmocka_run_group_tests_name("memory map", tests, NULL, NULL);
}
