/* SPDX-License-Identifier: MIT */
/* Which data belongs to a header. */
#include "igvm/context.h"
#include "igvm/layout.h"

bool igvm_data_field(u32 type, u32 *at)
{
	switch (type) {
	case IGVM_VHT_CORIM_DOCUMENT:
	case IGVM_VHT_CORIM_SIGNATURE:
		*at = offsetof(struct igvm_vhs_corim, file_offset);
		return true;
	case IGVM_VHT_PARAMETER_AREA:
		*at = offsetof(struct igvm_vhs_parameter_area, file_offset);
		return true;
	case IGVM_VHT_PAGE_DATA:
		*at = offsetof(struct igvm_vhs_page_data, file_offset);
		return true;
	case IGVM_VHT_VP_CONTEXT:
		*at = offsetof(struct igvm_vhs_vp_context, file_offset);
		return true;
	default:
		return false;
	}
}

static u32 size_of_context(const struct igvm_file *file, const struct igvm_header *header)
{
	struct igvm_vhs_vp_context context;
	u8 type = IGVM_PLATFORM_SEV_SNP;
	igvm_decode_vp_context(header, &context);
	if (igvm_platform_of(file, context.compatibility_mask, &type) != ERR_OK) {
		return 0; /* igvm_open refuses such a mask */
	}
	return igvm_context_size(file, &context, type);
}

static u32 size_of_data(const struct igvm_file *file, const struct igvm_header *header)
{
	struct igvm_vhs_corim corim;
	struct igvm_vhs_parameter_area area;
	switch (header->type) {
	case IGVM_VHT_CORIM_DOCUMENT:
	case IGVM_VHT_CORIM_SIGNATURE:
		igvm_decode_corim(header, &corim);
		return corim.size_bytes;
	case IGVM_VHT_PARAMETER_AREA:
		igvm_decode_parameter_area(header, &area);
		return (u32)area.number_of_bytes; /* at most IGVM_MAX_AREA_BYTES */
	case IGVM_VHT_VP_CONTEXT:
		return size_of_context(file, header);
	default:
		return PAGE_SIZE;
	}
}

bool igvm_header_data(const struct igvm_file *file, const struct igvm_header *header, struct span *data)
{
	u32 at;
	u32 offset;
	if (!igvm_data_field(header->type, &at) || span_copy(header->content, at, &offset, sizeof(offset)) != ERR_OK ||
	    offset == 0) {
		return false;
	}
	*data = igvm_data(file, offset, size_of_data(file, header));
	return data->n > 0;
}
