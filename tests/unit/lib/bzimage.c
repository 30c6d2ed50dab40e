/* SPDX-License-Identifier: MIT */
#include "igvm/input/bzimage.h"

#include <stdlib.h>

#include "unit/unit.h"

#define SETUP_SECTORS 2U
#define SETUP_SIZE 0x600U /* (SETUP_SECTORS + 1) * 512 */
#define FILE_SIZE (SETUP_SIZE + 0x400U)

static u8 file[FILE_SIZE];

static void set(size_t at, u64 value, size_t n)
{
	memcpy(file + at, &value, n);
}

static int make(void **state)
{
	memset(file, 0, sizeof(file));
	set(0x1F1, SETUP_SECTORS, 1);
	set(0x1FE, 0xAA55, 2);
	set(0x200, 0x6AEB, 2); /* jump over the header: it ends at 0x26C */
	memcpy(file + 0x202, "HdrS", 4);
	set(0x206, 0x020F, 2);
	set(0x211, 1, 1);
	set(0x22C, 0x7FFFFFFF, 4);
	set(0x230, 0x200000, 4);
	set(0x236, 1, 2);
	set(0x238, 2047, 4);
	set(0x258, 0x1000000, 8);
	set(0x260, 0x4000000, 4);
	return 0;
}

static enum err open_bytes(size_t n, struct bzimage *image)
{
	u8 *copy = malloc(n > 0 ? n : 1);
	const char *what = NULL;
	memcpy(copy, file, n);
	enum err error = bzimage_open(span_of(copy, n), image, &what);
	assert_true((error == ERR_OK) == (what == NULL));
	free(copy);
	return error;
}

static enum err open_file(void)
{
	struct bzimage image;
	return open_bytes(sizeof(file), &image);
}

static void reads_a_good_kernel(void **state)
{
	struct bzimage image;
	assert_err(bzimage_open(span_of(file, sizeof(file)), &image, NULL), ERR_OK);
	assert_ptr_equal(image.setup_header.p, file + 0x1F1);
	assert_int_equal(image.setup_header.n, 0x26C - 0x1F1);
	assert_ptr_equal(image.kernel.p, file + SETUP_SIZE);
	assert_int_equal(image.kernel.n, 0x400);
	assert_int_equal(image.load_address, 0x1000000);
	assert_int_equal(image.memory_size, 0x4000000);
	assert_int_equal(image.initrd_last, 0x7FFFFFFF);
	assert_int_equal(image.command_line_max, 2047);
}

static void refuses_truncation(void **state)
{
	struct bzimage image;
	for (size_t n = 0; n <= SETUP_SIZE + 0x200; n++) {
		assert_err(open_bytes(n, &image), ERR_TRUNCATED);
	}
	assert_err(open_bytes(SETUP_SIZE + 0x201, &image), ERR_OK);
}

static void refuses_each_wrong_field(void **state)
{
	static const struct {
		size_t at;
		size_t n;
		u64 value;
		enum err expected;
	} cases[] = {
		{0x1FE, 2, 0xAA54, ERR_INPUT},
		{0x202, 1, 'h', ERR_INPUT},
		{0x206, 2, 0x020B, ERR_UNSUPPORTED},
		{0x236, 2, 0xFFFE, ERR_UNSUPPORTED},
		{0x211, 1, 0xFE, ERR_UNSUPPORTED},
		{0x201, 1, 0x65, ERR_INPUT}, /* the header ends before the fields of 2.12 */
		{0x1F1, 1, 1, ERR_OK},
		{0x1F1, 1, 0xFF, ERR_TRUNCATED},
		{0x1F1, 1, 0, ERR_TRUNCATED}, /* 0 stands for 4 */
		{0x230, 4, 0, ERR_INPUT},
		{0x230, 4, 0x300000, ERR_INPUT},
		{0x230, 4, 0x800, ERR_INPUT},
		{0x258, 8, 0x1001000, ERR_INPUT},
		{0x258, 8, 0x100000000, ERR_RANGE},
		{0x258, 8, 0xFFE00000, ERR_RANGE},
		{0x258, 8, 0xFFFFFFFFFFE00000, ERR_RANGE},
		{0x260, 4, 0x3FF, ERR_INPUT},
		{0x260, 4, UINT32_MAX, ERR_RANGE},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		make(NULL);
		set(cases[i].at, cases[i].value, cases[i].n);
		assert_err(open_file(), cases[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_a_good_kernel, make),
		cmocka_unit_test_setup(refuses_truncation, make),
		cmocka_unit_test_setup(refuses_each_wrong_field, make),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
