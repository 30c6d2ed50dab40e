/* SPDX-License-Identifier: MIT */
#include "igvm_sample.h"

#include <stdlib.h>

#include "base/crc32.h"
#include "unit/unit.h"

void sample_platform(struct igvm_writer *w)
{
	igvm_write_platform(w, SAMPLE_MASK, IGVM_PLATFORM_SEV_SNP);
}

void sample_all(struct igvm_writer *w)
{
	static const u8 page[] = "a page";
	static const u8 vmsa[PAGE_SIZE] = {1, 2, 3};
	sample_platform(w);
	igvm_write_policy(w, SAMPLE_MASK, 0x30000);
	igvm_write_required_memory(w, SAMPLE_MASK, 0xFF000000, 0x200000);
	struct igvm_vhs_page_data data = {.gpa = 0x1000, .compatibility_mask = SAMPLE_MASK};
	data.file_offset = igvm_write_data(w, span_of(page, sizeof(page)));
	igvm_write_page(w, &data);
	data = (struct igvm_vhs_page_data){
		.gpa = 0x2000, .compatibility_mask = SAMPLE_MASK, .data_type = IGVM_PAGE_CPUID};
	igvm_write_page(w, &data);
	igvm_write_area(w, 7, 0x2000);
	igvm_write_parameter(w, IGVM_VHT_MEMORY_MAP, 7, 0);
	igvm_write_insert(w, SAMPLE_MASK, 7, 0x3000);
	const struct igvm_vhs_vp_context context = {
		.gpa = 0xFFFFFFFFF000,
		.compatibility_mask = SAMPLE_MASK,
		.file_offset = igvm_write_data(w, span_of(vmsa, sizeof(vmsa))),
	};
	igvm_write_vp_context(w, &context);
}

void sample_make(struct sample *s, sample_content content)
{
	struct igvm_writer w;
	struct span file;
	igvm_write_begin(&w, NULL, 0, 0);
	content(&w);
	size_t headers = w.header_bytes;
	igvm_write_begin(&w, s->bytes, sizeof(s->bytes), headers);
	content(&w);
	assert_err(igvm_write_end(&w, &file), ERR_OK);
	s->n = file.n;
}

void sample_seal(struct sample *s)
{
	struct igvm_fixed_header fixed;
	memcpy(&fixed, s->bytes, sizeof(fixed));
	size_t size = fixed.format_version == IGVM_FORMAT_V2 ? sizeof(struct igvm_fixed_header_v2) : sizeof(fixed);
	fixed.checksum = 0;
	memcpy(s->bytes, &fixed, sizeof(fixed));
	u32 crc = crc32_add(CRC32_START, span_of(s->bytes, size));
	fixed.checksum = crc32_add(crc, span_of(s->bytes + fixed.variable_header_offset, fixed.variable_header_size));
	memcpy(s->bytes, &fixed, sizeof(fixed));
}

enum err sample_open(const void *bytes, size_t n, struct igvm_error *error)
{
	struct igvm_file file;
	u8 *copy = malloc(n > 0 ? n : 1);
	memcpy(copy, bytes, n);
	enum err result = igvm_open(span_of(copy, n), &file, error);
	free(copy);
	return result;
}
