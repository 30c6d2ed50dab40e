/* SPDX-License-Identifier: MIT */
#include "hash.h"
#include "igvm_sample.h"
#include "unit/unit.h"
#include "vectors.h"

static struct sample sample;
static struct igvm_file file;

static void open_file(sample_content content)
{
	sample_make(&sample, content);
	assert_err(igvm_open(span_of(sample.bytes, sample.n), &file, NULL), ERR_OK);
}

static void measure(sample_content content, enum igvm_zero_pages zero_pages, u8 digest[LAUNCH_DIGEST_SIZE])
{
	open_file(content);
	assert_err(igvm_measure_snp(&file, SAMPLE_MASK, zero_pages, &test_hash, digest), ERR_OK);
}

static void one_page(struct igvm_writer *w, u32 flags, u16 type, bool data)
{
	static const u8 bytes[PAGE_SIZE] = {0x55};
	struct igvm_vhs_page_data page = {
		.gpa = 0x5000, .compatibility_mask = SAMPLE_MASK, .flags = flags, .data_type = type};
	page.file_offset = data ? igvm_write_data(w, span_of(bytes, sizeof(bytes))) : 0;
	sample_platform(w);
	igvm_write_page(w, &page);
}

static void data_page(struct igvm_writer *w)
{
	one_page(w, 0, IGVM_PAGE_NORMAL, true);
}

static void zero_page(struct igvm_writer *w)
{
	one_page(w, 0, IGVM_PAGE_NORMAL, false);
}

static void unmeasured_page(struct igvm_writer *w)
{
	one_page(w, IGVM_PAGE_DATA_UNMEASURED, IGVM_PAGE_NORMAL, true);
}

static void shared_page(struct igvm_writer *w)
{
	one_page(w, IGVM_PAGE_DATA_SHARED, IGVM_PAGE_NORMAL, true);
}

static void secrets_page(struct igvm_writer *w)
{
	one_page(w, 0, IGVM_PAGE_SECRETS, false);
}

static void cpuid_page(struct igvm_writer *w)
{
	one_page(w, 0, IGVM_PAGE_CPUID, true);
}

static void two_page_area(struct igvm_writer *w)
{
	sample_platform(w);
	igvm_write_area(w, 3, 2ULL * PAGE_SIZE);
	igvm_write_insert(w, SAMPLE_MASK, 3, 0x5000);
}

/* What a launch of these pages in turn makes of the digest. contents are given as pages. */
static void expect(u8 digest[LAUNCH_DIGEST_SIZE], u8 type, u64 gpa, const u8 *page)
{
	u8 contents[LAUNCH_DIGEST_SIZE];
	if (page != NULL) {
		test_hash.sha384(NULL, span_of(page, PAGE_SIZE), contents);
	}
	igvm_measure_snp_page(&test_hash, digest, type, gpa, page != NULL ? contents : NULL);
}

/* PAGE_INFO laid out by hand, from the table in the firmware ABI. */
static void one_step_by_hand(void **state)
{
	u8 info[0x70] = {0};
	u8 by_hand[LAUNCH_DIGEST_SIZE];
	u8 digest[LAUNCH_DIGEST_SIZE] = {1, 2, 3};
	u8 contents[LAUNCH_DIGEST_SIZE] = {4, 5, 6};
	memcpy(info, digest, 48);
	memcpy(info + 48, contents, 48);
	info[0x60] = 0x70;
	info[0x62] = 2;
	static const u8 gpa[] = {0x00, 0xF0, 0xFF, 0xFF, 0xFF, 0xFF};
	memcpy(info + 0x68, gpa, sizeof(gpa));
	test_hash.sha384(NULL, span_of(info, sizeof(info)), by_hand);
	igvm_measure_snp_page(&test_hash, digest, PAGE_TYPE_VMSA, 0xFFFFFFFFF000, contents);
	assert_memory_equal(digest, by_hand, sizeof(digest));
}

static void types_of_pages(void **state)
{
	static const u8 data[PAGE_SIZE] = {0x55};
	static const u8 zeros[PAGE_SIZE];
	static const struct {
		sample_content content;
		enum igvm_zero_pages zero_pages;
		u8 type;
		const u8 *page;
	} cases[] = {
		{data_page, IGVM_ZERO_MEASURED, PAGE_TYPE_NORMAL, data},
		{data_page, IGVM_ZERO_NATIVE, PAGE_TYPE_NORMAL, data},
		{zero_page, IGVM_ZERO_MEASURED, PAGE_TYPE_NORMAL, zeros},
		{zero_page, IGVM_ZERO_NATIVE, PAGE_TYPE_ZERO, NULL},
		{unmeasured_page, IGVM_ZERO_MEASURED, PAGE_TYPE_UNMEASURED, NULL},
		{secrets_page, IGVM_ZERO_MEASURED, PAGE_TYPE_SECRETS, NULL},
		{cpuid_page, IGVM_ZERO_NATIVE, PAGE_TYPE_CPUID, NULL},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		u8 digest[LAUNCH_DIGEST_SIZE];
		u8 expected[LAUNCH_DIGEST_SIZE] = {0};
		measure(cases[i].content, cases[i].zero_pages, digest);
		expect(expected, cases[i].type, 0x5000, cases[i].page);
		assert_memory_equal(digest, expected, sizeof(digest));
	}
}

static void shared_pages_do_not_count(void **state)
{
	u8 digest[LAUNCH_DIGEST_SIZE];
	const u8 nothing[LAUNCH_DIGEST_SIZE] = {0};
	measure(shared_page, IGVM_ZERO_MEASURED, digest);
	assert_memory_equal(digest, nothing, sizeof(digest));
}

static void every_page_of_an_area_counts(void **state)
{
	u8 digest[LAUNCH_DIGEST_SIZE];
	u8 expected[LAUNCH_DIGEST_SIZE] = {0};
	measure(two_page_area, IGVM_ZERO_MEASURED, digest);
	expect(expected, PAGE_TYPE_UNMEASURED, 0x5000, NULL);
	expect(expected, PAGE_TYPE_UNMEASURED, 0x6000, NULL);
	assert_memory_equal(digest, expected, sizeof(digest));
}

static void wants_a_platform(void **state)
{
	u8 digest[LAUNCH_DIGEST_SIZE];
	const u8 nothing[LAUNCH_DIGEST_SIZE] = {0};
	open_file(data_page);
	assert_err(igvm_measure_snp(&file, 0, IGVM_ZERO_MEASURED, &test_hash, digest), ERR_INPUT);
	assert_err(igvm_measure_snp(&file, 0x2, IGVM_ZERO_MEASURED, &test_hash, digest), ERR_OK);
	assert_memory_equal(digest, nothing, sizeof(digest)); /* none of its pages is for that platform */
}

int main(int count, char **words)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_step_by_hand),          cmocka_unit_test(types_of_pages),
		cmocka_unit_test(shared_pages_do_not_count), cmocka_unit_test(every_page_of_an_area_counts),
		cmocka_unit_test(wants_a_platform),          cmocka_unit_test(vectors_replay),
	};
	vectors_folder = count > 1 ? words[1] : ".";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
