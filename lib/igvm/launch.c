/* SPDX-License-Identifier: MIT */
/* What of a file is launched: pages, parameter areas, processors. The digests are made of these. */
#include "igvm/layout.h"
#include "igvm/measure.h"

/* PAGE_TYPE_* of a page that is launched by PAGE_DATA */
static u8 type_of_page(const struct igvm_vhs_page_data *page, enum igvm_zero_pages zero_pages)
{
	switch (page->data_type) {
	case IGVM_PAGE_SECRETS:
		return PAGE_TYPE_SECRETS;
	case IGVM_PAGE_CPUID:
	case IGVM_PAGE_CPUID_XF:
		return PAGE_TYPE_CPUID;
	default:
		break;
	}
	if ((page->flags & IGVM_PAGE_DATA_UNMEASURED) != 0) {
		return PAGE_TYPE_UNMEASURED;
	}
	return page->file_offset == 0 && zero_pages == IGVM_ZERO_NATIVE ? PAGE_TYPE_ZERO : PAGE_TYPE_NORMAL;
}

bool igvm_launch_page(const struct igvm_file *file, const struct igvm_header *header, u32 mask,
		      enum igvm_zero_pages zero_pages, struct igvm_launch_page *page)
{
	struct igvm_vhs_page_data data;
	struct igvm_vhs_vp_context context;
	if (!igvm_header_applies(header, mask)) {
		return false;
	}
	if (header->type == IGVM_VHT_VP_CONTEXT) {
		igvm_decode_vp_context(header, &context);
		page->gpa = context.gpa;
		page->page_type = PAGE_TYPE_VMSA;
		page->data = igvm_data(file, context.file_offset, PAGE_SIZE);
		return true;
	}
	if (header->type != IGVM_VHT_PAGE_DATA) {
		return false;
	}
	igvm_decode_page_data(header, &data);
	if ((data.flags & IGVM_PAGE_DATA_SHARED) != 0) {
		return false;
	}
	page->gpa = data.gpa;
	page->page_type = type_of_page(&data, zero_pages);
	page->data = igvm_data(file, data.file_offset, PAGE_SIZE);
	return true;
}

u64 igvm_area_bytes(const struct igvm_file *file, u32 index)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		struct igvm_vhs_parameter_area area;
		if (header.type != IGVM_VHT_PARAMETER_AREA) {
			continue;
		}
		igvm_decode_parameter_area(&header, &area);
		if (area.parameter_area_index == index) {
			return area.number_of_bytes;
		}
	}
	return 0;
}

bool igvm_find_context(const struct igvm_file *file, u32 mask, u16 vp_index, struct igvm_vhs_vp_context *out)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		if (header.type != IGVM_VHT_VP_CONTEXT || !igvm_header_applies(&header, mask)) {
			continue;
		}
		igvm_decode_vp_context(&header, out);
		if (out->vp_index == vp_index) {
			return true;
		}
	}
	return false;
}

struct span igvm_processor_vmsa(const struct igvm_file *file, u32 mask, const struct igvm_processors *processors,
				u16 vp_index)
{
	struct igvm_vhs_vp_context context;
	if (!igvm_find_context(file, mask, vp_index, &context)) {
		return processors->reset;
	}
	return igvm_data(file, context.file_offset, PAGE_SIZE);
}
