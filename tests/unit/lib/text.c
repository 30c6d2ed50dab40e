/* SPDX-License-Identifier: MIT */
#include "base/text.h"

#include <limits.h>
#include <stdio.h>

#include "unit/unit.h"

/* Formats with both, our text_format and the C library, and wants the same. */
#define assert_same(...) \
	do { \
		char ours[256]; \
		char theirs[256]; \
		struct text t = text_of(ours, sizeof(ours)); \
		text_format(&t, __VA_ARGS__); \
		int n = snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
		assert_int_equal(t.n, (size_t)n); \
		assert_memory_equal(ours, theirs, t.n); \
		assert_false(t.truncated); \
	} while (0)

static void numbers_as_the_c_library(void **state)
{
	assert_same("%d %d %d", 0, INT_MAX, INT_MIN);
	assert_same("%ld %lld", LONG_MIN, LLONG_MIN);
	assert_same("%u %lu %llu %zu", UINT_MAX, ULONG_MAX, ULLONG_MAX, SIZE_MAX);
	assert_same("%x %X %lx %llX", 0xDEADBEEFU, 0xDEADBEEFU, 0xFEDCBA9876543210UL, 0xFEDCBA9876543210ULL);
	assert_same("%hhu %hu %hhd %hd", (unsigned char)255, (unsigned short)65535, (signed char)-128, (short)-32768);
	assert_same("%p", (void *)0x1234);
}

static void widths_as_the_c_library(void **state)
{
	assert_same("[%5d] [%-5d] [%05d]", 42, 42, -42);
	assert_same("[%016llx] [%8x] [%-8x]", 0xABCULL, 0xABCU, 0xABCU);
	assert_same("[%1d] [%3d]", 12345, -12);
	assert_same("[%*d] [%0*x]", 7, 42, 7, 42U);
}

static void strings_as_the_c_library(void **state)
{
	assert_same("[%s] [%10s] [%-10s]", "one", "two", "three");
	assert_same("[%.2s] [%.0s] [%.*s]", "abcdef", "abc", 3, "abcdef");
	assert_same("%c%c [%3c] 100%%", 'a', 'b', 'c');
	assert_same("plain");
}

/* A span is text without an end: the precision alone bounds what is read. */
static void precision_bounds_the_reading(void **state)
{
	const char unterminated[3] = {'a', 'b', 'c'};
	char out[8];
	struct text t = text_of(out, sizeof(out));
	text_format(&t, "%.*s", (int)sizeof(unterminated), unterminated);
	assert_int_equal(t.n, 3);
	assert_memory_equal(out, "abc", 3);
}

static void nothing_is_written_past_the_end(void **state)
{
	for (size_t capacity = 0; capacity <= 12; capacity++) {
		char out[16];
		memset(out, '#', sizeof(out));
		struct text t = text_of(out, capacity);
		text_format(&t, "%s-%05d", "12345", 42);
		assert_int_equal(t.n, capacity < 11 ? capacity : 11);
		assert_int_equal(t.truncated, capacity < 11);
		assert_memory_equal(out, "12345-00042", t.n);
		assert_int_equal(out[t.n], '#');
	}
}

static void appends(void **state)
{
	char out[16];
	struct text t = text_of(out, sizeof(out));
	text_format(&t, "a%d", 1);
	text_format(&t, "b%d", 2);
	assert_int_equal(t.n, 4);
	assert_memory_equal(out, "a1b2", 4);
}

static void format_that_ends_early(void **state)
{
	static const char format[] = {'x', '%', '0', '5', 'l', '\0'};
	char out[8];
	struct text t = text_of(out, sizeof(out));
	const char *volatile hidden = format;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#pragma GCC diagnostic ignored "-Wformat-security"
	text_format(&t, hidden);
#pragma GCC diagnostic pop
	assert_int_equal(t.n, 1);
	assert_int_equal(out[0], 'x');
}

static void null_string(void **state)
{
	char out[16];
	const char *volatile none = NULL;
	struct text t = text_of(out, sizeof(out));
	text_format(&t, "%s", none);
	assert_memory_equal(out, "(null)", 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_as_the_c_library),        cmocka_unit_test(widths_as_the_c_library),
		cmocka_unit_test(strings_as_the_c_library),        cmocka_unit_test(precision_bounds_the_reading),
		cmocka_unit_test(nothing_is_written_past_the_end), cmocka_unit_test(appends),
		cmocka_unit_test(format_that_ends_early),          cmocka_unit_test(null_string),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
