/* SPDX-License-Identifier: MIT */
/* What was written is what is read. */
#include "igvm_sample.h"
#include "unit/unit.h"

static struct sample sample;
static struct igvm_file file;

static int make(void **state)
{
	sample_make(&sample, sample_all);
	return igvm_open(span_of(sample.bytes, sample.n), &file, NULL) == ERR_OK ? 0 : 1;
}

static struct igvm_header header_of(u32 type)
{
	struct igvm_iterator iterator = igvm_headers(&file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		if (header.type == type) {
			return header;
		}
	}
	fail();
	return header;
}

static void reads_initialization_back(void **state)
{
	struct igvm_vhs_guest_policy policy;
	struct igvm_vhs_required_memory memory;
	struct igvm_header header = header_of(IGVM_VHT_GUEST_POLICY);
	igvm_decode_guest_policy(&header, &policy);
	assert_int_equal(policy.policy, 0x30000);
	assert_int_equal(policy.compatibility_mask, SAMPLE_MASK);
	header = header_of(IGVM_VHT_REQUIRED_MEMORY);
	igvm_decode_required_memory(&header, &memory);
	assert_int_equal(memory.gpa, 0xFF000000);
	assert_int_equal(memory.number_of_bytes, 0x200000);
}

static void reads_pages_back(void **state)
{
	struct igvm_vhs_page_data page;
	struct igvm_header header = header_of(IGVM_VHT_PAGE_DATA);
	igvm_decode_page_data(&header, &page);
	struct span data = igvm_data(&file, page.file_offset, PAGE_SIZE);
	assert_int_equal(page.gpa, 0x1000);
	assert_int_equal(data.n, PAGE_SIZE);
	assert_memory_equal(data.p, "a page", 7);
	assert_true(span_is_zero(span_of(data.p + 7, data.n - 7)));
	assert_int_equal(igvm_data(&file, 0, PAGE_SIZE).n, 0);
	assert_int_equal(igvm_data(&file, (u32)file.bytes.n - 1, PAGE_SIZE).n, 1);
	assert_int_equal(igvm_data(&file, UINT32_MAX, PAGE_SIZE).n, 0);
}

static void reads_parameters_back(void **state)
{
	struct igvm_vhs_parameter_area area;
	struct igvm_vhs_parameter parameter;
	struct igvm_vhs_parameter_insert insert;
	struct igvm_header header = header_of(IGVM_VHT_PARAMETER_AREA);
	igvm_decode_parameter_area(&header, &area);
	assert_int_equal(area.number_of_bytes, 0x2000);
	assert_int_equal(area.parameter_area_index, 7);
	assert_true(igvm_header_applies(&header, 0x80));
	header = header_of(IGVM_VHT_MEMORY_MAP);
	igvm_decode_parameter(&header, &parameter);
	assert_int_equal(parameter.parameter_area_index, 7);
	header = header_of(IGVM_VHT_PARAMETER_INSERT);
	igvm_decode_parameter_insert(&header, &insert);
	assert_int_equal(insert.gpa, 0x3000);
	assert_true(igvm_header_applies(&header, SAMPLE_MASK));
	assert_false(igvm_header_applies(&header, ~SAMPLE_MASK));
}

static void reads_contexts_back(void **state)
{
	struct igvm_vhs_vp_context context;
	struct igvm_header header = header_of(IGVM_VHT_VP_CONTEXT);
	igvm_decode_vp_context(&header, &context);
	assert_int_equal(context.gpa, 0xFFFFFFFFF000);
	assert_int_equal(header.content.n, 20);
	assert_memory_equal(igvm_data(&file, context.file_offset, PAGE_SIZE).p, "\1\2\3", 4);
}

static void writes_the_same_twice(void **state)
{
	static struct sample again;
	sample_make(&again, sample_all);
	assert_int_equal(again.n, sample.n);
	assert_memory_equal(again.bytes, sample.bytes, sample.n);
}

/* Too small a buffer is never written past, and never yields a file. */
static void refuses_small_buffers(void **state)
{
	static u8 out[SAMPLE_ROOM];
	struct igvm_writer w;
	struct span done;
	igvm_write_begin(&w, NULL, 0, 0);
	sample_all(&w);
	size_t headers = w.header_bytes;
	for (size_t capacity = 0; capacity < sample.n; capacity += 7) {
		memset(out, 0xA5, sizeof(out));
		igvm_write_begin(&w, out, capacity, headers);
		sample_all(&w);
		assert_err(igvm_write_end(&w, &done), ERR_NO_MEMORY);
		assert_int_equal(igvm_write_size(&w), sample.n);
		for (size_t i = capacity; i < sizeof(out); i++) {
			assert_int_equal(out[i], 0xA5);
		}
	}
	igvm_write_begin(&w, out, sizeof(out), headers - 8);
	sample_all(&w);
	assert_err(igvm_write_end(&w, &done), ERR_NO_MEMORY);
}

/* More space for headers than they take is a gap that readers skip. */
static void tolerates_spare_header_space(void **state)
{
	static u8 out[SAMPLE_ROOM];
	struct igvm_writer w;
	struct span done;
	igvm_write_begin(&w, out, sizeof(out), 0x800);
	sample_all(&w);
	assert_err(igvm_write_end(&w, &done), ERR_OK);
	assert_err(igvm_open(done, &file, NULL), ERR_OK);
	reads_pages_back(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(reads_initialization_back, make),
		cmocka_unit_test_setup(reads_pages_back, make),
		cmocka_unit_test_setup(reads_parameters_back, make),
		cmocka_unit_test_setup(reads_contexts_back, make),
		cmocka_unit_test_setup(writes_the_same_twice, make),
		cmocka_unit_test_setup(refuses_small_buffers, make),
		cmocka_unit_test_setup(tolerates_spare_header_space, make),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
