/* SPDX-License-Identifier: MIT */
/* Every rule for a single variable header. */
#include "igvm_sample.h"
#include "unit/unit.h"

/* What the next file holds behind its platform. */
static struct {
	u32 type;
	u32 length;
	u8 content[1024];
} extra;

static bool with_area;

static void platform_and_extra(struct igvm_writer *w)
{
	sample_platform(w);
	if (with_area) {
		igvm_write_area(w, 7, PAGE_SIZE);
	}
	igvm_write_header(w, extra.type, extra.content, extra.length);
	static const u8 page[PAGE_SIZE] = {1};
	(void)igvm_write_data(w, span_of(page, sizeof(page)));
}

static enum err open_with(u32 type, const void *content, u32 length)
{
	static struct sample sample;
	struct igvm_error error = {0};
	extra.type = type;
	extra.length = length;
	memcpy(extra.content, content, length);
	sample_make(&sample, platform_and_extra);
	enum err result = sample_open(sample.bytes, sample.n, &error);
	assert_true(result == ERR_OK || error.header == (with_area ? 2 : 1));
	return result;
}

#define open_struct(type, s) open_with((type), &(s), sizeof(s))

static void unknown_types(void **state)
{
	const u8 content[8] = {0};
	static const u32 types[] = {0, 0x50, 0x110, 0x201, 0x300, 0x306, 0x314, 0x401, 0x80000302, UINT32_MAX};
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		assert_err(open_with(types[i], content, sizeof(content)), ERR_UNSUPPORTED);
	}
}

static void wrong_lengths(void **state)
{
	struct igvm_vhs_page_data page = {.gpa = 0x1000, .compatibility_mask = SAMPLE_MASK};
	for (u32 n = 0; n < sizeof(page); n++) {
		assert_err(open_with(IGVM_VHT_PAGE_DATA, &page, n), ERR_INPUT);
	}
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_OK);
}

static void platforms(void **state)
{
	struct igvm_vhs_supported_platform p = {.compatibility_mask = 2, .platform_version = 1};
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_OK);
	p.shared_gpa_boundary = 1;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_INPUT);
	p.platform_type = IGVM_PLATFORM_TDX;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_OK);
	p.compatibility_mask = 3;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_INPUT);
	p.compatibility_mask = 0;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_INPUT);
	p.compatibility_mask = SAMPLE_MASK;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_EXISTS);
	p.compatibility_mask = 2;
	p.platform_type = IGVM_PLATFORM_SEV_SNP;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_EXISTS);
	p.platform_type = 7;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_UNSUPPORTED);
	p.platform_type = IGVM_PLATFORM_TDX;
	p.platform_version = 2;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_UNSUPPORTED);
	p.platform_version = 1;
	p.highest_vtl = 1;
	assert_err(open_struct(IGVM_VHT_SUPPORTED_PLATFORM, p), ERR_INPUT);
}

static void masks(void **state)
{
	struct igvm_vhs_page_data page = {.gpa = 0x1000, .compatibility_mask = 0};
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_INPUT);
	page.compatibility_mask = SAMPLE_MASK | 4;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_INPUT);
}

static void page_data(void **state)
{
	const struct igvm_vhs_page_data good = {.gpa = 0x1000, .compatibility_mask = SAMPLE_MASK};
	struct igvm_vhs_page_data page = good;
	page.gpa = 0x1001;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_INPUT);
	page.gpa = 1ULL << 52;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_RANGE);
	page.gpa = UINT64_MAX - 0xFFF;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_RANGE);
	page = good;
	page.flags = 8;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_INPUT);
	page.flags = IGVM_PAGE_DATA_2MB;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_UNSUPPORTED);
	page.flags = IGVM_PAGE_DATA_SHARED | IGVM_PAGE_DATA_UNMEASURED;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_OK);
	page = good;
	page.data_type = 4;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_INPUT);
	page = good;
	page.reserved = 1;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_INPUT);
}

static void file_offsets(void **state)
{
	struct igvm_vhs_page_data page = {.gpa = 0x1000, .compatibility_mask = SAMPLE_MASK};
	u32 data = 24 + 24 + 32; /* fixed header, platform, page data */
	page.file_offset = data;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_OK);
	page.file_offset = data - 1;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_RANGE);
	page.file_offset = data + 1;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_TRUNCATED);
	page.file_offset = UINT32_MAX;
	assert_err(open_struct(IGVM_VHT_PAGE_DATA, page), ERR_TRUNCATED);
}

static void vp_contexts(void **state)
{
	struct igvm_vhs_vp_context context = {.gpa = 0x1000, .compatibility_mask = SAMPLE_MASK};
	assert_err(open_with(IGVM_VHT_VP_CONTEXT, &context, IGVM_VP_CONTEXT_LENGTH), ERR_INPUT);
	context.file_offset = 24 + 24 + 32;
	assert_err(open_with(IGVM_VHT_VP_CONTEXT, &context, IGVM_VP_CONTEXT_LENGTH), ERR_OK);
	context.gpa = 0x1800;
	assert_err(open_with(IGVM_VHT_VP_CONTEXT, &context, IGVM_VP_CONTEXT_LENGTH), ERR_INPUT);
	context.gpa = 0;
	context.reserved = 1;
	assert_err(open_with(IGVM_VHT_VP_CONTEXT, &context, IGVM_VP_CONTEXT_LENGTH), ERR_INPUT);
	context.reserved = 0;
	context.file_offset++;
	assert_err(open_with(IGVM_VHT_VP_CONTEXT, &context, IGVM_VP_CONTEXT_LENGTH), ERR_TRUNCATED);
}

static void required_memory(void **state)
{
	const struct igvm_vhs_required_memory good = {
		.gpa = 0x1000,
		.compatibility_mask = SAMPLE_MASK,
		.number_of_bytes = 0x1000,
	};
	struct igvm_vhs_required_memory memory = good;
	assert_err(open_struct(IGVM_VHT_REQUIRED_MEMORY, memory), ERR_OK);
	memory.number_of_bytes = 0;
	assert_err(open_struct(IGVM_VHT_REQUIRED_MEMORY, memory), ERR_INPUT);
	memory = good;
	memory.flags = 2;
	assert_err(open_struct(IGVM_VHT_REQUIRED_MEMORY, memory), ERR_INPUT);
	memory = good;
	memory.reserved = 1;
	assert_err(open_struct(IGVM_VHT_REQUIRED_MEMORY, memory), ERR_INPUT);
	memory = good;
	memory.gpa = (1ULL << 52) - 0x1000;
	memory.number_of_bytes = 0x2000;
	assert_err(open_struct(IGVM_VHT_REQUIRED_MEMORY, memory), ERR_RANGE);
}

static void other_headers(void **state)
{
	struct igvm_vhs_guest_policy policy = {.compatibility_mask = SAMPLE_MASK};
	assert_err(open_struct(IGVM_VHT_GUEST_POLICY, policy), ERR_OK);
	policy.reserved = 1;
	assert_err(open_struct(IGVM_VHT_GUEST_POLICY, policy), ERR_INPUT);
	struct igvm_vhs_error_range range = {.gpa = 0x1000, .compatibility_mask = SAMPLE_MASK, .size_bytes = 0x1000};
	assert_err(open_struct(IGVM_VHT_ERROR_RANGE, range), ERR_OK);
	range.size_bytes = 1;
	assert_err(open_struct(IGVM_VHT_ERROR_RANGE, range), ERR_INPUT);
	struct igvm_vhs_snp_id_block block = {.compatibility_mask = SAMPLE_MASK};
	assert_err(open_struct(IGVM_VHT_SNP_ID_BLOCK, block), ERR_OK);
	assert_err(open_with(IGVM_VHT_SNP_ID_BLOCK, &block, sizeof(block) - 8), ERR_INPUT);
}

static void parameter_areas(void **state)
{
	struct igvm_vhs_parameter_area area = {.number_of_bytes = 0x1000, .parameter_area_index = 1};
	assert_err(open_struct(IGVM_VHT_PARAMETER_AREA, area), ERR_OK);
	area.number_of_bytes = 0;
	assert_err(open_struct(IGVM_VHT_PARAMETER_AREA, area), ERR_INPUT);
	area.number_of_bytes = 0x1001;
	assert_err(open_struct(IGVM_VHT_PARAMETER_AREA, area), ERR_INPUT);
	area.number_of_bytes = 1ULL << 62;
	assert_err(open_struct(IGVM_VHT_PARAMETER_AREA, area), ERR_UNSUPPORTED);
	with_area = true;
	area = (struct igvm_vhs_parameter_area){.number_of_bytes = 0x1000, .parameter_area_index = 7};
	assert_err(open_struct(IGVM_VHT_PARAMETER_AREA, area), ERR_EXISTS);
	with_area = false;
}

static void parameters(void **state)
{
	struct igvm_vhs_parameter parameter = {.parameter_area_index = 7};
	struct igvm_vhs_parameter_insert insert = {
		.gpa = 0x1000,
		.compatibility_mask = SAMPLE_MASK,
		.parameter_area_index = 7,
	};
	assert_err(open_struct(IGVM_VHT_MEMORY_MAP, parameter), ERR_NOT_FOUND);
	assert_err(open_struct(IGVM_VHT_PARAMETER_INSERT, insert), ERR_NOT_FOUND);
	with_area = true;
	assert_err(open_struct(IGVM_VHT_MEMORY_MAP, parameter), ERR_OK);
	assert_err(open_struct(IGVM_VHT_PARAMETER_INSERT, insert), ERR_OK);
	parameter.byte_offset = PAGE_SIZE - 4;
	assert_err(open_struct(IGVM_VHT_VP_COUNT_PARAMETER, parameter), ERR_OK);
	parameter.byte_offset++;
	assert_err(open_struct(IGVM_VHT_VP_COUNT_PARAMETER, parameter), ERR_RANGE);
	insert.gpa = (1ULL << 52);
	assert_err(open_struct(IGVM_VHT_PARAMETER_INSERT, insert), ERR_RANGE);
	with_area = false;
}

static void insert_twice(struct igvm_writer *w)
{
	sample_platform(w);
	igvm_write_area(w, 1, PAGE_SIZE);
	igvm_write_insert(w, SAMPLE_MASK, 1, 0x1000);
	igvm_write_insert(w, SAMPLE_MASK, 1, 0x2000);
}

static void use_after_insert(struct igvm_writer *w)
{
	sample_platform(w);
	igvm_write_area(w, 1, PAGE_SIZE);
	igvm_write_insert(w, SAMPLE_MASK, 1, 0x1000);
	igvm_write_parameter(w, IGVM_VHT_MEMORY_MAP, 1, 0);
}

static void many_areas(struct igvm_writer *w)
{
	sample_platform(w);
	for (u32 i = 0; i < 65; i++) {
		igvm_write_area(w, i, PAGE_SIZE);
	}
}

static void policy_after_page(struct igvm_writer *w)
{
	const struct igvm_vhs_page_data page = {.gpa = 0x1000, .compatibility_mask = SAMPLE_MASK};
	sample_platform(w);
	igvm_write_page(w, &page);
	igvm_write_policy(w, SAMPLE_MASK, 0);
}

static void tdx_context(struct igvm_writer *w)
{
	static const u8 page[PAGE_SIZE];
	struct igvm_vhs_vp_context context = {.compatibility_mask = 2};
	igvm_write_platform(w, 2, IGVM_PLATFORM_TDX);
	context.file_offset = igvm_write_data(w, span_of(page, sizeof(page)));
	igvm_write_vp_context(w, &context);
}

static void vsm_context_too_long(struct igvm_writer *w)
{
	static const u32 list[] = {2, 0};
	struct igvm_vhs_vp_context context = {.compatibility_mask = 2};
	igvm_write_platform(w, 2, IGVM_PLATFORM_VSM_ISOLATION);
	context.file_offset = igvm_write_data(w, span_of(list, sizeof(list))) + PAGE_SIZE - 16;
	igvm_write_vp_context(w, &context);
}

static void headers_together(void **state)
{
	static const struct {
		sample_content content;
		enum err expected;
	} cases[] = {
		{insert_twice, ERR_EXISTS},     {use_after_insert, ERR_EXISTS}, {many_areas, ERR_UNSUPPORTED},
		{policy_after_page, ERR_INPUT}, {tdx_context, ERR_UNSUPPORTED},
	};
	static struct sample sample;
	struct igvm_error error;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		sample_make(&sample, cases[i].content);
		assert_err(sample_open(sample.bytes, sample.n, &error), cases[i].expected);
	}
}

/* A register count that asks for more than the file holds */
static void vsm_register_lists(void **state)
{
	static struct sample sample;
	struct igvm_error error;
	sample_make(&sample, vsm_context_too_long);
	assert_err(sample_open(sample.bytes, sample.n, &error), ERR_INPUT); /* no registers at all */
	u32 count = UINT32_MAX;
	memcpy(sample.bytes + sample.n - 16, &count, sizeof(count));
	assert_err(sample_open(sample.bytes, sample.n, &error), ERR_TRUNCATED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_types),      cmocka_unit_test(wrong_lengths),
		cmocka_unit_test(platforms),          cmocka_unit_test(masks),
		cmocka_unit_test(page_data),          cmocka_unit_test(file_offsets),
		cmocka_unit_test(vp_contexts),        cmocka_unit_test(required_memory),
		cmocka_unit_test(other_headers),      cmocka_unit_test(parameter_areas),
		cmocka_unit_test(parameters),         cmocka_unit_test(headers_together),
		cmocka_unit_test(vsm_register_lists),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
