/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "igvm/layout.h"

/* igvm_open has checked the length of every header; one that is short all the same decodes to zeros, not to garbage. */
static void decode(const struct igvm_header *header, void *out, size_t n)
{
	if (span_copy(header->content, 0, out, n) != ERR_OK) {
		memset(out, 0, n);
	}
}

void igvm_decode_page_data(const struct igvm_header *header, struct igvm_vhs_page_data *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_vp_context(const struct igvm_header *header, struct igvm_vhs_vp_context *out)
{
	memset(out, 0, sizeof(*out));
	decode(header, out, IGVM_VP_CONTEXT_LENGTH);
}

void igvm_decode_parameter_area(const struct igvm_header *header, struct igvm_vhs_parameter_area *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_parameter_insert(const struct igvm_header *header, struct igvm_vhs_parameter_insert *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_parameter(const struct igvm_header *header, struct igvm_vhs_parameter *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_required_memory(const struct igvm_header *header, struct igvm_vhs_required_memory *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_guest_policy(const struct igvm_header *header, struct igvm_vhs_guest_policy *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_supported_platform(const struct igvm_header *header, struct igvm_vhs_supported_platform *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_error_range(const struct igvm_header *header, struct igvm_vhs_error_range *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_relocatable_region(const struct igvm_header *header, struct igvm_vhs_relocatable_region *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_page_table_relocation(const struct igvm_header *header, struct igvm_vhs_page_table_relocation *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_cca_policy(const struct igvm_header *header, struct igvm_vhs_cca_policy *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_corim(const struct igvm_header *header, struct igvm_vhs_corim *out)
{
	decode(header, out, sizeof(*out));
}

void igvm_decode_snp_id_block(const struct igvm_header *header, struct igvm_vhs_snp_id_block *out)
{
	decode(header, out, sizeof(*out));
}

struct span igvm_data(const struct igvm_file *file, u32 file_offset, u32 size)
{
	if (file_offset == 0 || file_offset > file->bytes.n) {
		return span_of(NULL, 0);
	}
	size_t rest = file->bytes.n - file_offset;
	return span_of(file->bytes.p + file_offset, size < rest ? size : rest);
}
