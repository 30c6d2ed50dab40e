/* SPDX-License-Identifier: MIT */
#include "base/crc32.h"

#include "unit/unit.h"

/* The check value that every catalogue of CRCs gives for CRC-32. */
static void check_value(void **state)
{
	assert_int_equal(crc32_add(CRC32_START, span_of("123456789", 9)), 0xCBF43926U);
	assert_int_equal(crc32_add(CRC32_START, span_of(NULL, 0)), 0);
}

static void in_pieces(void **state)
{
	u32 crc = crc32_add(CRC32_START, span_of("1234", 4));
	assert_int_equal(crc32_add(crc, span_of("56789", 5)), 0xCBF43926U);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(check_value), cmocka_unit_test(in_pieces)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
