/* SPDX-License-Identifier: MIT */
/* Windows: what is written through one is read through another, in either size. */
#include <copra/sev.h>

#include "base/mem.h"
#include "guest/accept.h"
#include "platform/platform.h"
#include "selftest/selftest.h"
#include "selftest/tap.h"

#define PATTERN 0x0123456789ABCDEFULL

static err_t word_write(enum window_slot slot, gpa_t page, u64 offset, u64 value)
{
	u8 *window = platform_window_open(slot, page, PAGE_4K, WINDOW_PRIVATE);
	enum err error = platform_window_write(window + offset, &value, sizeof(value));
	platform_window_close(slot);
	return error;
}

static u64 word_read(enum window_slot slot, gpa_t page, u64 offset)
{
	u64 value = 0;
	const u8 *window = platform_window_open(slot, page, PAGE_4K, WINDOW_PRIVATE);
	enum err error = platform_window_read(&value, window + offset, sizeof(value));
	platform_window_close(slot);
	return error == ERR_OK ? value : ~PATTERN;
}

static void test_small(gpa_t page)
{
	const u64 last = PAGE_SIZE - sizeof(u64);
	tap_check(word_write(WINDOW_SLOT_GUEST, page, 0, PATTERN) == ERR_OK, "a page is written through a window");
	tap_check(word_read(WINDOW_SLOT_TARGET, page, 0) == PATTERN, "and read through another");
	tap_check(word_write(WINDOW_SLOT_GUEST, page, last, ~PATTERN) == ERR_OK &&
			  word_read(WINDOW_SLOT_GUEST, page, last) == ~PATTERN,
		  "the page's last word is its");
	tap_check(word_read(WINDOW_SLOT_GUEST, gpa(page.raw + PAGE_SIZE), 0) == 0, "the next page stayed zero");
}

static void test_two_at_once(gpa_t page)
{
	u64 seen = 0;
	u64 *first = platform_window_open(WINDOW_SLOT_GUEST, page, PAGE_4K, WINDOW_PRIVATE);
	u64 *second = platform_window_open(WINDOW_SLOT_TARGET, page, PAGE_4K, WINDOW_PRIVATE);
	bool done = platform_window_and(first, 0) == ERR_OK && platform_window_or(first, PATTERN) == ERR_OK &&
		    platform_window_read(&seen, second, sizeof(seen)) == ERR_OK;
	tap_check(first != second, "two windows have two addresses");
	tap_check(done && seen == PATTERN, "and show the same page");
	platform_window_close(WINDOW_SLOT_TARGET);
	platform_window_close(WINDOW_SLOT_GUEST);
}

/* Odd lengths at odd places; what is beside them stays. */
static void test_lengths(gpa_t page)
{
	static const u8 lengths[] = {1, 2, 3, 7, 8, 9, 31};
	bool good = true;
	u8 *window = platform_window_open(WINDOW_SLOT_GUEST, page, PAGE_4K, WINDOW_PRIVATE);
	for (size_t i = 0; i < ARRAY_SIZE(lengths); i++) {
		u8 bytes[32];
		u8 copy[33] = {0};
		memset(bytes, 0xA0 + (int)i, sizeof(bytes));
		good = good && platform_window_write(window + 64 * i + 5, bytes, lengths[i]) == ERR_OK &&
		       platform_window_read(copy, window + 64 * i + 5, sizeof(copy)) == ERR_OK &&
		       memcmp(copy, bytes, lengths[i]) == 0 && copy[lengths[i]] == 0;
	}
	platform_window_close(WINDOW_SLOT_GUEST);
	tap_check(good, "copies of odd lengths touch what they name");
}

static void test_large(gpa_t block)
{
	const u64 offset = LARGE_PAGE_SIZE - PAGE_SIZE;
	u64 value = PATTERN;
	u8 *window = platform_window_open(WINDOW_SLOT_TARGET, block, PAGE_2M, WINDOW_PRIVATE);
	enum err error = platform_window_write(window + offset, &value, sizeof(value));
	platform_window_close(WINDOW_SLOT_TARGET);
	tap_check(error == ERR_OK, "a 2 MiB page is written through a window");
	tap_check(word_read(WINDOW_SLOT_GUEST, gpa(block.raw + offset), 0) == PATTERN,
		  "and its last 4 KiB read through another");
}

void selftest_windows(const struct selftest_ground *ground)
{
	gpa_t page = selftest_block(ground, SELFTEST_BLOCK_WINDOWS);
	gpa_t block = selftest_block(ground, SELFTEST_BLOCK_WINDOWS_LARGE);
	tap_check(accept_range(page, 4) == ERR_OK, "four pages are accepted");
	tap_check(accept_range(block, LARGE_PAGE_SIZE / PAGE_SIZE) == ERR_OK, "2 MiB are accepted");
	test_small(page);
	test_two_at_once(gpa(page.raw + 2 * PAGE_SIZE));
	test_lengths(gpa(page.raw + 3 * PAGE_SIZE));
	test_large(block);
}
