/* SPDX-License-Identifier: MIT */
/* The fixed header, and the file as a whole. */
#include "igvm_sample.h"
#include "unit/unit.h"

static struct sample sample;

static void set_u32(size_t at, u32 value)
{
	memcpy(sample.bytes + at, &value, sizeof(value));
}

static enum err open_sealed(void)
{
	struct igvm_error error = {0};
	sample_seal(&sample);
	enum err result = sample_open(sample.bytes, sample.n, &error);
	assert_true((result == ERR_OK) == (error.what == NULL));
	return result;
}

static int make(void **state)
{
	sample_make(&sample, sample_all);
	return 0;
}

static void opens_a_good_file(void **state)
{
	struct igvm_file file;
	struct igvm_header header;
	u32 mask;
	assert_err(igvm_open(span_of(sample.bytes, sample.n), &file, NULL), ERR_OK);
	assert_int_equal(file.format_version, 1);
	assert_int_equal(file.header_count, 9);
	assert_err(igvm_platform_mask(&file, IGVM_PLATFORM_SEV_SNP, &mask), ERR_OK);
	assert_int_equal(mask, SAMPLE_MASK);
	assert_err(igvm_platform_mask(&file, IGVM_PLATFORM_TDX, &mask), ERR_NOT_FOUND);
	struct igvm_iterator iterator = igvm_headers(&file);
	u32 count = 0;
	while (igvm_next(&iterator, &header)) {
		assert_int_equal(header.index, count);
		count++;
	}
	assert_int_equal(count, file.header_count);
}

static void refuses_every_truncation(void **state)
{
	for (size_t n = 0; n < sample.n; n++) {
		struct igvm_error error;
		assert_err(sample_open(sample.bytes, n, &error), ERR_TRUNCATED);
	}
}

/* The same with a header that agrees: every cut must be caught by what is missing. */
static void refuses_every_sealed_truncation(void **state)
{
	size_t whole = sample.n;
	for (size_t n = sizeof(struct igvm_fixed_header); n < whole; n++) {
		struct igvm_fixed_header fixed;
		memcpy(&fixed, sample.bytes, sizeof(fixed));
		fixed.total_file_size = (u32)n;
		bool has_headers = n >= fixed.variable_header_offset + fixed.variable_header_size;
		memcpy(sample.bytes, &fixed, sizeof(fixed));
		sample_seal(&sample);
		struct igvm_error error;
		enum err result = sample_open(sample.bytes, n, &error);
		assert_err(result, ERR_TRUNCATED);
		assert_true(has_headers || error.header == UINT32_MAX);
	}
}

/* No single flipped bit in the headers passes the checksum. */
static void refuses_every_flipped_bit(void **state)
{
	struct igvm_fixed_header fixed;
	memcpy(&fixed, sample.bytes, sizeof(fixed));
	size_t end = fixed.variable_header_offset + fixed.variable_header_size;
	for (size_t bit = 0; bit < end * 8; bit++) {
		struct igvm_error error;
		sample.bytes[bit / 8] ^= (u8)(1U << bit % 8);
		assert_true(sample_open(sample.bytes, sample.n, &error) != ERR_OK);
		sample.bytes[bit / 8] ^= (u8)(1U << bit % 8);
	}
}

/* With the checksum right again, the reader says yes or no, but never reads elsewhere: the sanitizer watches. */
static void survives_every_changed_byte(void **state)
{
	struct igvm_fixed_header fixed;
	memcpy(&fixed, sample.bytes, sizeof(fixed));
	size_t end = fixed.variable_header_offset + fixed.variable_header_size;
	static const u8 values[] = {0x00, 0x01, 0x7F, 0x80, 0xFF};
	for (size_t at = fixed.variable_header_offset; at < end; at++) {
		u8 old = sample.bytes[at];
		for (size_t i = 0; i < sizeof(values); i++) {
			struct igvm_error error;
			sample.bytes[at] = values[i];
			sample_seal(&sample);
			(void)!sample_open(sample.bytes, sample.n, &error);
		}
		sample.bytes[at] = old;
	}
	assert_err(open_sealed(), ERR_OK);
}

static void refuses_bad_fixed_headers(void **state)
{
	set_u32(0, 0x4D564748);
	assert_err(open_sealed(), ERR_INPUT);
	sample_make(&sample, sample_all);
	set_u32(4, 3);
	assert_err(open_sealed(), ERR_UNSUPPORTED);
	sample_make(&sample, sample_all);
	set_u32(16, (u32)sample.n - 1);
	assert_err(open_sealed(), ERR_INPUT);
	sample_make(&sample, sample_all);
	set_u32(8, 16);
	assert_err(open_sealed(), ERR_INPUT);
	sample_make(&sample, sample_all);
	set_u32(20, 0);
	struct igvm_error error;
	assert_err(sample_open(sample.bytes, sample.n, &error), ERR_INPUT);
	assert_int_equal(error.offset, 20);
}

static void refuses_wild_header_places(void **state)
{
	struct igvm_error error;
	set_u32(8, 0xFFFFFFF8);
	assert_err(sample_open(sample.bytes, sample.n, &error), ERR_TRUNCATED);
	sample_make(&sample, sample_all);
	set_u32(12, UINT32_MAX);
	assert_err(sample_open(sample.bytes, sample.n, &error), ERR_TRUNCATED);
}

/* Turns the sample into a file of version 2 with a header 8 bytes longer. */
static void make_version_2(u32 architecture, u32 page_size)
{
	size_t v1 = sizeof(struct igvm_fixed_header);
	memmove(sample.bytes + v1 + 8, sample.bytes + v1, sample.n - v1);
	sample.n += 8;
	set_u32(4, 2);
	set_u32(8, (u32)v1 + 8);
	set_u32(16, (u32)sample.n);
	set_u32(24, architecture);
	set_u32(28, page_size);
}

static void opens_version_2(void **state)
{
	sample_make(&sample, sample_platform);
	make_version_2(IGVM_ARCHITECTURE_X64, 4096);
	assert_err(open_sealed(), ERR_OK);
	sample_make(&sample, sample_platform);
	make_version_2(IGVM_ARCHITECTURE_AARCH64, 4096);
	assert_err(open_sealed(), ERR_UNSUPPORTED);
	sample_make(&sample, sample_platform);
	make_version_2(IGVM_ARCHITECTURE_X64, 16384);
	assert_err(open_sealed(), ERR_UNSUPPORTED);
}

static void nothing(struct igvm_writer *w)
{
}

static void wants_a_platform(void **state)
{
	sample_make(&sample, nothing);
	assert_err(open_sealed(), ERR_INPUT);
}

static u64 second_policy;

static void two_policies(struct igvm_writer *w)
{
	sample_platform(w);
	igvm_write_policy(w, SAMPLE_MASK, 0x30000);
	igvm_write_policy(w, SAMPLE_MASK, second_policy);
}

static void finds_the_one_policy(void **state)
{
	struct igvm_file file;
	u64 policy = 1;
	sample_make(&sample, sample_platform);
	assert_err(igvm_open(span_of(sample.bytes, sample.n), &file, NULL), ERR_OK);
	assert_err(igvm_guest_policy(&file, SAMPLE_MASK, &policy), ERR_NOT_FOUND);
	assert_int_equal(policy, 1);
	second_policy = 0x30000;
	sample_make(&sample, two_policies);
	assert_err(igvm_open(span_of(sample.bytes, sample.n), &file, NULL), ERR_OK);
	assert_err(igvm_guest_policy(&file, SAMPLE_MASK, &policy), ERR_OK);
	assert_int_equal(policy, 0x30000);
	assert_err(igvm_guest_policy(&file, SAMPLE_MASK << 1, &policy), ERR_NOT_FOUND);
	second_policy = 0xB0000;
	sample_make(&sample, two_policies);
	assert_err(igvm_open(span_of(sample.bytes, sample.n), &file, NULL), ERR_OK);
	assert_err(igvm_guest_policy(&file, SAMPLE_MASK, &policy), ERR_EXISTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opens_a_good_file, make),
		cmocka_unit_test_setup(refuses_every_truncation, make),
		cmocka_unit_test_setup(refuses_every_sealed_truncation, make),
		cmocka_unit_test_setup(refuses_every_flipped_bit, make),
		cmocka_unit_test_setup(survives_every_changed_byte, make),
		cmocka_unit_test_setup(refuses_bad_fixed_headers, make),
		cmocka_unit_test_setup(refuses_wild_header_places, make),
		cmocka_unit_test_setup(opens_version_2, make),
		cmocka_unit_test_setup(wants_a_platform, make),
		cmocka_unit_test(finds_the_one_policy),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
