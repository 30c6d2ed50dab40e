/* SPDX-License-Identifier: MIT */
#include "device/pic.h"

#include "machine.h"

static void test_words_are_sent_together(void **state)
{
	struct pic pic = {.count = 0};
	assert_int_equal(pic_take(&pic, true, 0x11), PIC_KEPT); /* cascade, fourth word */
	assert_int_equal(pic_take(&pic, false, 0x68), PIC_KEPT);
	assert_int_equal(pic_take(&pic, false, 0x04), PIC_KEPT);
	assert_int_equal(pic_take(&pic, true, 0x20), PIC_PASS); /* an end of interrupt in between */
	assert_int_equal(pic_take(&pic, false, 0x01), PIC_SEND);
	assert_int_equal(pic.count, 4);
	assert_memory_equal(pic.words, "\x11\x68\x04\x01", 4);
	assert_int_equal(pic_take(&pic, false, 0xFF), PIC_PASS); /* the mask */
}

static void test_first_word_says_how_many(void **state)
{
	struct pic pic = {.count = 0};
	assert_int_equal(pic_take(&pic, true, 0x12), PIC_KEPT); /* single, no fourth word */
	assert_int_equal(pic_take(&pic, false, 0x30), PIC_SEND);
	assert_int_equal(pic.count, 2);
	assert_int_equal(pic_take(&pic, true, 0x10), PIC_KEPT);
	assert_int_equal(pic_take(&pic, true, 0x11), PIC_KEPT); /* begins anew */
	assert_int_equal(pic_take(&pic, false, 0x30), PIC_KEPT);
	assert_int_equal(pic_take(&pic, false, 0x04), PIC_KEPT);
	assert_int_equal(pic_take(&pic, false, 0x03), PIC_SEND);
	assert_int_equal(pic.count, 4);
}

static void test_exceptions_are_refused(void **state)
{
	struct pic pic = {.count = 0};
	assert_int_equal(pic_take(&pic, true, 0x13), PIC_KEPT);
	assert_int_equal(pic_take(&pic, false, 0x08), PIC_KEPT);
	assert_int_equal(pic_take(&pic, false, 0x01), PIC_REFUSED);
	assert_int_equal(pic_take(&pic, false, 0x00), PIC_PASS);
}

static void test_ports(void **state)
{
	assert_true(pic_is_port(0x20, 1));
	assert_true(pic_is_port(0xA1, 1));
	assert_true(pic_is_port(0x1F, 2));
	assert_true(pic_is_port(0x21, 4));
	assert_false(pic_is_port(0x22, 1));
	assert_false(pic_is_port(0x9E, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_are_sent_together),
		cmocka_unit_test(test_first_word_says_how_many),
		cmocka_unit_test(test_exceptions_are_refused),
		cmocka_unit_test(test_ports),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
