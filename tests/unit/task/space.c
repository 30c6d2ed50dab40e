/* SPDX-License-Identifier: MIT */
/* Address spaces: what is mapped, what is refused, and that nothing leaks. */
#include "mm/space.h"

#include "task/task_groups.h"
#include "task/task_model.h"
#include "x86/page_entry.h"

#define AT 0x400000ULL
#define READ_WRITE (SPACE_READ | SPACE_WRITE)

static struct space space;

static int begin(void **state)
{
	model_reset();
	assert_err(space_make(&space, 100), ERR_OK);
	return 0;
}

/* Whatever a test did, all frames come back. */
static int end(void **state)
{
	space_end(&space);
	return model.frames_used == 0 ? 0 : -1;
}

static struct space_range range(u64 start, u64 pages)
{
	return (struct space_range){start, pages};
}

/* The leaf as the processor finds it; 0 when it faults on the way. */
static u64 walk(u64 address)
{
	u64 entry = space_root(&space);
	for (u32 level = 4; level > 0; level--) {
		const u64 *table = own_address(gpa(entry & PAGE_ENTRY_ADDRESS & ~MODEL_CBIT));
		entry = table[page_entry_index(address, level)];
		if ((entry & PAGE_ENTRY_PRESENT) == 0 || (entry & PAGE_ENTRY_USER) == 0) {
			return 0;
		}
		assert_int_equal(entry & MODEL_CBIT, MODEL_CBIT);
	}
	return entry;
}

static void adds_zeroed_pages(void **state)
{
	u8 bytes[8] = {1};
	assert_err(space_add(&space, range(AT, 2), READ_WRITE), ERR_OK);
	assert_int_equal(walk(AT) & PAGE_ENTRY_WRITE, PAGE_ENTRY_WRITE);
	assert_int_equal(walk(AT + PAGE_SIZE) & PAGE_ENTRY_NO_EXECUTE, PAGE_ENTRY_NO_EXECUTE);
	assert_int_equal(walk(AT + 2 * PAGE_SIZE), 0);
	assert_int_equal(walk(AT - PAGE_SIZE), 0);
	assert_err(space_read(&space, AT, bytes, sizeof(bytes)), ERR_OK);
	assert_int_equal(bytes[0], 0);
}

static void keeps_the_kernel_half(void **state)
{
	for (u32 i = 256; i < 512; i++) {
		assert_int_equal(space.root[i], MODEL_KERNEL_ENTRY);
	}
}

static void refuses_bad_ranges(void **state)
{
	assert_err(space_add(&space, range(AT + 1, 1), SPACE_READ), ERR_INPUT);
	assert_err(space_add(&space, range(AT, 0), SPACE_READ), ERR_INPUT);
	assert_err(space_add(&space, range(0, 1), SPACE_READ), ERR_RANGE);
	assert_err(space_add(&space, range(SPACE_END, 1), SPACE_READ), ERR_RANGE);
	assert_err(space_add(&space, range(SPACE_END - PAGE_SIZE, 2), SPACE_READ), ERR_RANGE);
	assert_err(space_add(&space, range(AT, 1ULL << 52), SPACE_READ), ERR_RANGE);
	assert_err(space_add(&space, range(0xFFFFFFFF80000000ULL, 1), SPACE_READ), ERR_RANGE);
	assert_err(space_remove(&space, range(AT + 1, 1)), ERR_INPUT);
	assert_err(space_remove(&space, range(SPACE_END, 1)), ERR_RANGE);
	assert_err(space_protect(&space, range(AT + 1, 1), 0), ERR_INPUT);
	assert_err(space_protect(&space, range(SPACE_END, 1), 0), ERR_RANGE);
}

static void own_pages_are_never_executable(void **state)
{
	assert_err(space_add(&space, range(AT, 1), SPACE_READ | SPACE_EXECUTE), ERR_INPUT);
	assert_err(space_add(&space, range(AT, 1), READ_WRITE | SPACE_EXECUTE), ERR_INPUT);
	assert_err(space_add(&space, range(AT, 1), 0x100), ERR_INPUT);
	assert_err(space_add(&space, range(AT, 1), READ_WRITE), ERR_OK);
	assert_err(space_protect(&space, range(AT, 1), SPACE_READ | SPACE_EXECUTE), ERR_STATE);
	assert_err(space_protect(&space, range(AT, 1), 0x100), ERR_INPUT);
	assert_int_equal(walk(AT) & PAGE_ENTRY_NO_EXECUTE, PAGE_ENTRY_NO_EXECUTE);
}

static void shared_pages_are_never_writable(void **state)
{
	const u8 *file = model_file("code", 4);
	char text[4];
	assert_err(space_share(&space, range(AT, 1), file, READ_WRITE), ERR_INPUT);
	assert_err(space_share(&space, range(AT, 1), file + 8, SPACE_READ), ERR_INPUT);
	assert_err(space_share(&space, range(AT, 1), file, SPACE_READ | SPACE_EXECUTE), ERR_OK);
	assert_err(space_share(&space, range(AT, 1), file, SPACE_READ), ERR_EXISTS);
	assert_err(space_share(&space, range(SPACE_END, 1), file, SPACE_READ), ERR_RANGE);
	assert_err(space_protect(&space, range(AT, 1), READ_WRITE), ERR_STATE);
	assert_int_equal(walk(AT) & (PAGE_ENTRY_WRITE | PAGE_ENTRY_NO_EXECUTE), 0);
	assert_err(space_read(&space, AT, text, sizeof(text)), ERR_OK);
	assert_memory_equal(text, "code", 4);
	assert_err(space_write(&space, AT, text, sizeof(text)), ERR_RANGE);
	assert_err(space_load(&space, AT, text, sizeof(text)), ERR_RANGE);
	assert_err(space_remove(&space, range(AT, 1)), ERR_OK);
	assert_memory_equal(file, "code", 4);
	frames_return((void *)file, 1);
}

static void refuses_what_is_there(void **state)
{
	assert_err(space_add(&space, range(AT + PAGE_SIZE, 1), 0), ERR_OK);
	u32 frames = space.frames;
	assert_err(space_add(&space, range(AT, 2), READ_WRITE), ERR_EXISTS);
	assert_int_equal(space.frames, frames);
	assert_int_equal(walk(AT), 0);
}

/* A page without access is there, and keeps what it held. */
static void protects(void **state)
{
	u64 word = 77;
	assert_err(space_add(&space, range(AT, 1), READ_WRITE), ERR_OK);
	assert_err(space_write(&space, AT, &word, sizeof(word)), ERR_OK);
	assert_err(space_protect(&space, range(AT, 1), 0), ERR_OK);
	assert_true(space.stale);
	assert_int_equal(walk(AT), 0);
	assert_err(space_read(&space, AT, &word, sizeof(word)), ERR_RANGE);
	assert_err(space_protect(&space, range(AT, 1), SPACE_READ), ERR_OK);
	assert_err(space_write(&space, AT, &word, sizeof(word)), ERR_RANGE);
	word = 0;
	assert_err(space_read(&space, AT, &word, sizeof(word)), ERR_OK);
	assert_int_equal(word, 77);
	assert_err(space_protect(&space, range(AT, 2), 0), ERR_NOT_FOUND);
	assert_int_not_equal(walk(AT), 0);
}

static void removes(void **state)
{
	assert_err(space_add(&space, range(AT, 4), READ_WRITE), ERR_OK);
	u32 frames = space.frames;
	assert_err(space_remove(&space, range(AT + PAGE_SIZE, 1)), ERR_OK);
	assert_true(space.stale);
	assert_int_equal(walk(AT + PAGE_SIZE), 0);
	assert_int_not_equal(walk(AT + 2 * PAGE_SIZE), 0);
	assert_err(space_remove(&space, range(SPACE_START, (SPACE_END - SPACE_START) / PAGE_SIZE)), ERR_OK);
	assert_int_equal(space.frames, frames - 4);
	assert_int_equal(walk(AT), 0);
}

static void stops_at_its_limit(void **state)
{
	assert_err(space_add(&space, range(AT, 101), READ_WRITE), ERR_RANGE);
	assert_err(space_add(&space, range(AT, 97), READ_WRITE), ERR_RANGE);
	assert_int_equal(walk(AT), 0);
	assert_err(space_add(&space, range(AT, 96), READ_WRITE), ERR_OK);
	assert_int_equal(space.frames, 100);
	assert_err(space_add(&space, range(AT + 0x200000, 1), READ_WRITE), ERR_RANGE);
	assert_err(space_remove(&space, range(AT, 96)), ERR_OK);
	assert_err(space_add(&space, range(AT, 96), READ_WRITE), ERR_OK);
}

static void stops_when_the_svsm_has_no_more(void **state)
{
	model.frames_limit = 8;
	assert_err(space_add(&space, range(AT, 20), READ_WRITE), ERR_NO_MEMORY);
	assert_int_equal(walk(AT), 0);
	model.frames_limit = 1;
	struct space other;
	assert_err(space_make(&other, 100), ERR_NO_MEMORY);
}

static void finds_gaps(void **state)
{
	u64 start = 0;
	assert_err(space_find_gap(&space, AT, 3, &start), ERR_OK);
	assert_int_equal(start, AT);
	assert_err(space_add(&space, range(AT + PAGE_SIZE, 1), 0), ERR_OK);
	assert_err(space_find_gap(&space, AT, 1, &start), ERR_OK);
	assert_int_equal(start, AT);
	assert_err(space_find_gap(&space, AT, 2, &start), ERR_OK);
	assert_int_equal(start, AT + 2 * PAGE_SIZE);
	assert_err(space_find_gap(&space, SPACE_END - PAGE_SIZE, 2, &start), ERR_NO_MEMORY);
	assert_err(space_find_gap(&space, AT, 0, &start), ERR_NO_MEMORY);
	assert_err(space_find_gap(&space, AT, 101, &start), ERR_NO_MEMORY);
	assert_err(space_find_gap(&space, AT + 1, 1, &start), ERR_NO_MEMORY);
}

/* Each page that stays makes the search for as many as there may be longer. */
static void looks_for_gaps_only_so_far(void **state)
{
	const u64 far = AT + (u64)SPACE_GAP_PAGES * PAGE_SIZE;
	u64 start = 0;
	u64 last = 0;
	for (u64 at = AT + 50 * PAGE_SIZE; at < far; at += 100 * PAGE_SIZE) {
		assert_err(space_add(&space, range(at, 1), READ_WRITE), ERR_OK);
		last = at;
	}
	assert_err(space_find_gap(&space, AT, 100, &start), ERR_NO_MEMORY);
	assert_err(space_find_gap(&space, AT, 50, &start), ERR_OK);
	assert_err(space_find_gap(&space, last, 100, &start), ERR_OK);
	assert_int_equal(start, last + PAGE_SIZE);
}

/* Across a border of pages, and up to the first page that may not be touched. */
static void copies(void **state)
{
	char text[12] = "0123456789a";
	char back[12] = "";
	assert_err(space_add(&space, range(AT, 2), READ_WRITE), ERR_OK);
	assert_err(space_write(&space, AT + PAGE_SIZE - 5, text, sizeof(text)), ERR_OK);
	assert_err(space_read(&space, AT + PAGE_SIZE - 5, back, sizeof(back)), ERR_OK);
	assert_string_equal(back, text);
	assert_err(space_write(&space, AT + 2 * PAGE_SIZE - 5, text, sizeof(text)), ERR_RANGE);
	assert_err(space_read(&space, AT - 1, back, 1), ERR_RANGE);
	assert_err(space_read(&space, AT - 1, back, 0), ERR_OK);
	static const u64 outside[] = {0, SPACE_START - 1, SPACE_END, 0xFFFFFFFF80000000ULL, UINT64_MAX - 1};
	for (size_t i = 0; i < sizeof(outside) / sizeof(outside[0]); i++) {
		assert_err(space_read(&space, outside[i], back, 4), ERR_RANGE);
		assert_err(space_write(&space, outside[i], back, 4), ERR_RANGE);
		assert_err(space_load(&space, outside[i], back, 4), ERR_RANGE);
	}
}

static void says_what_the_host_took_away(void **state)
{
	u8 text[16] = "0123456789";
	assert_err(space_add(&space, range(AT, 2), READ_WRITE), ERR_OK);
	model.lost = own_address(gpa(walk(AT + PAGE_SIZE) & PAGE_ENTRY_ADDRESS & ~MODEL_CBIT));
	assert_err(space_write(&space, AT + PAGE_SIZE - 4, text, 4), ERR_OK);
	assert_err(space_write(&space, AT + PAGE_SIZE - 4, text, 5), ERR_LOST);
	assert_err(space_read(&space, AT + PAGE_SIZE - 4, text, 5), ERR_LOST);
	assert_err(space_load(&space, AT + PAGE_SIZE, text, 1), ERR_LOST);
	assert_err(space_read(&space, AT + PAGE_SIZE - 4, text, 4), ERR_OK);
	model.lost = NULL;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int test_space(void)
{
	const struct CMUnitTest tests[] = {
		TEST(adds_zeroed_pages),
		TEST(keeps_the_kernel_half),
		TEST(refuses_bad_ranges),
		TEST(own_pages_are_never_executable),
		TEST(refuses_what_is_there),
		TEST(shared_pages_are_never_writable),
		TEST(protects),
		TEST(removes),
		TEST(stops_at_its_limit),
		TEST(stops_when_the_svsm_has_no_more),
		TEST(finds_gaps),
		TEST(looks_for_gaps_only_so_far),
		TEST(copies),
		TEST(says_what_the_host_took_away),
	};
	return cmocka_run_group_tests_name("space", tests, NULL, NULL);
}
