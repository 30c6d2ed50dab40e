/* SPDX-License-Identifier: MIT */
/* Rules of the directives, all but a processor's context. */
#include "base/align.h"
#include "base/range.h"
#include "igvm/rules.h"

static enum err check_page_data(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_page_data page;
	igvm_decode_page_data(header, &page);
	if ((page.flags & ~IGVM_PAGE_DATA_FLAGS) != 0 || page.reserved != 0 || page.data_type > IGVM_PAGE_CPUID_XF) {
		return igvm_refuse(check, ERR_INPUT, "the page has unknown flags or an unknown type");
	}
	if ((page.flags & IGVM_PAGE_DATA_2MB) != 0) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "pages of 2 MiB are not supported");
	}
	enum err error = igvm_check_pages(check, page.gpa, PAGE_SIZE);
	return error == ERR_OK ? igvm_check_data(check, page.file_offset, PAGE_SIZE) : error;
}

static enum err check_required_memory(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_required_memory memory;
	igvm_decode_required_memory(header, &memory);
	if ((memory.flags & ~IGVM_REQUIRED_MEMORY_VTL2_PROTECTABLE) != 0 || memory.reserved != 0) {
		return igvm_refuse(check, ERR_INPUT, "unknown flags or reserved bits are set");
	}
	return igvm_check_pages(check, memory.gpa, memory.number_of_bytes);
}

static enum err check_error_range(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_error_range range;
	igvm_decode_error_range(header, &range);
	return igvm_check_pages(check, range.gpa, range.size_bytes);
}

static enum err check_id_block(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_snp_id_block block;
	igvm_decode_snp_id_block(header, &block);
	if (block.author_key_enabled > 1 || !span_is_zero(span_of(block.reserved, sizeof(block.reserved)))) {
		return igvm_refuse(check, ERR_INPUT, "unknown flags or reserved bits are set");
	}
	return ERR_OK;
}

static struct igvm_check_area *find_area(struct igvm_check *check, u32 index)
{
	for (u32 i = 0; i < check->area_count; i++) {
		if (check->areas[i].index == index) {
			return &check->areas[i];
		}
	}
	return NULL;
}

static enum err check_parameter_area(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_parameter_area area;
	igvm_decode_parameter_area(header, &area);
	if (area.number_of_bytes == 0 || !is_aligned(area.number_of_bytes, PAGE_SIZE)) {
		return igvm_refuse(check, ERR_INPUT, "the parameter area is not made of whole 4 KiB pages");
	}
	if (area.number_of_bytes > IGVM_MAX_AREA_BYTES) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "the parameter area is larger than 16 MiB");
	}
	if (find_area(check, area.parameter_area_index) != NULL) {
		return igvm_refuse_as(check, IGVM_FLAW_PARAMETER_AREA, ERR_EXISTS,
				      "the parameter area's index is there twice");
	}
	if (check->area_count == IGVM_MAX_PARAMETER_AREAS) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "there are more than 64 parameter areas");
	}
	check->areas[check->area_count] = (struct igvm_check_area){
		.index = area.parameter_area_index,
		.bytes = area.number_of_bytes,
	};
	check->area_count++;
	return igvm_check_data(check, area.file_offset, area.number_of_bytes);
}

static enum err find_open_area(struct igvm_check *check, u32 index, struct igvm_check_area **area)
{
	*area = find_area(check, index);
	if (*area == NULL) {
		return igvm_refuse_as(check, IGVM_FLAW_PARAMETER_AREA, ERR_NOT_FOUND,
				      "the parameter area was not declared");
	}
	if ((*area)->inserted) {
		return igvm_refuse_as(check, IGVM_FLAW_PARAMETER_AREA, ERR_EXISTS,
				      "the parameter area was inserted already");
	}
	return ERR_OK;
}

static enum err check_no_page_tables(struct igvm_check *check, const struct igvm_vhs_parameter_insert *insert, u64 size)
{
	for (u32 i = 0; i < check->region_count; i++) {
		const struct igvm_check_region *region = &check->regions[i];
		if (region->page_table && (region->mask & insert->compatibility_mask) != 0 &&
		    range_overlaps(region->gpa, region->size, insert->gpa, size)) {
			return igvm_refuse_as(check, IGVM_FLAW_INSERT_IN_PAGE_TABLES, ERR_RANGE,
					      "the parameters would lie in a page-table region");
		}
	}
	return ERR_OK;
}

static enum err check_parameter_insert(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_parameter_insert insert;
	struct igvm_check_area *area;
	igvm_decode_parameter_insert(header, &insert);
	enum err error = find_open_area(check, insert.parameter_area_index, &area);
	if (error != ERR_OK) {
		return error;
	}
	area->inserted = true;
	error = igvm_check_pages(check, insert.gpa, area->bytes);
	return error == ERR_OK ? check_no_page_tables(check, &insert, area->bytes) : error;
}

static enum err check_parameter(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_parameter parameter;
	struct igvm_check_area *area;
	igvm_decode_parameter(header, &parameter);
	enum err error = find_open_area(check, parameter.parameter_area_index, &area);
	if (error != ERR_OK) {
		return error;
	}
	if (!range_within(parameter.byte_offset, sizeof(u32), 0, area->bytes)) {
		return igvm_refuse(check, ERR_RANGE, "the parameter is past the end of its area");
	}
	return ERR_OK;
}

enum err igvm_check_directive(struct igvm_check *check, const struct igvm_header *header)
{
	switch (header->type) {
	case IGVM_VHT_PARAMETER_AREA:
		return check_parameter_area(check, header);
	case IGVM_VHT_PAGE_DATA:
		return check_page_data(check, header);
	case IGVM_VHT_PARAMETER_INSERT:
		return check_parameter_insert(check, header);
	case IGVM_VHT_VP_CONTEXT:
		return igvm_check_context(check, header);
	case IGVM_VHT_REQUIRED_MEMORY:
		return check_required_memory(check, header);
	case IGVM_VHT_ERROR_RANGE:
		return check_error_range(check, header);
	case IGVM_VHT_SNP_ID_BLOCK:
		return check_id_block(check, header);
	case IGVM_VHT_VBS_MEASUREMENT:
		return ERR_OK;
	default:
		return check_parameter(check, header);
	}
}
