/* SPDX-License-Identifier: MIT */
#include "igvm/check.h"

#include "base/align.h"
#include "base/range.h"

static enum err refuse(enum err error, const char *text, const char **what)
{
	*what = text;
	return error;
}

/* The whole of [gpa, gpa + size) is addressable and made of 4 KiB pages. */
static enum err check_pages(u64 gpa, u64 size, const char **what)
{
	if (!is_aligned(gpa, PAGE_SIZE) || !is_aligned(size, PAGE_SIZE) || size == 0) {
		return refuse(ERR_INPUT, "the address or size is not made of whole 4 KiB pages", what);
	}
	if (!range_within(gpa, size, 0, IGVM_GPA_END)) {
		return refuse(ERR_RANGE, "the addresses are beyond 52 bits", what);
	}
	return ERR_OK;
}

/* file_offset names bytes in the file's data part; 0 is "no data". */
static enum err check_data(const struct igvm_check *check, u32 file_offset, u64 size, const char **what)
{
	if (file_offset == 0) {
		return ERR_OK;
	}
	if (file_offset < check->file->data_start) {
		return refuse(ERR_RANGE, "the file offset lies in the headers", what);
	}
	if (!range_within(file_offset, size, 0, check->file->bytes.n)) {
		return refuse(ERR_TRUNCATED, "the data is past the end of the file", what);
	}
	return ERR_OK;
}

static bool is_one_bit(u32 mask)
{
	return mask != 0 && (mask & (mask - 1)) == 0;
}

static enum err check_platform_fields(const struct igvm_vhs_supported_platform *p, const char **what)
{
	if (!is_one_bit(p->compatibility_mask)) {
		return refuse(ERR_INPUT, "the platform's mask is not one bit", what);
	}
	if (p->platform_type > IGVM_PLATFORM_CCA) {
		return refuse(ERR_UNSUPPORTED, "the platform is unknown", what);
	}
	if (p->platform_version != IGVM_PLATFORM_VERSION) {
		return refuse(ERR_UNSUPPORTED, "the platform's version is not 1", what);
	}
	if (p->highest_vtl != 0 && p->highest_vtl != 2) {
		return refuse(ERR_INPUT, "the highest VTL is neither 0 nor 2", what);
	}
	bool boundary_allowed =
		p->platform_type != IGVM_PLATFORM_NATIVE && p->platform_type != IGVM_PLATFORM_VSM_ISOLATION;
	if (p->shared_gpa_boundary != 0 && !boundary_allowed) {
		return refuse(ERR_INPUT, "the platform has no shared GPA boundary", what);
	}
	return ERR_OK;
}

static enum err check_platform(struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_supported_platform p;
	igvm_decode_supported_platform(header, &p);
	enum err error = check_platform_fields(&p, what);
	if (error != ERR_OK) {
		return error;
	}
	u32 type_bit = 1U << p.platform_type;
	if ((check->platform_masks & p.compatibility_mask) != 0 || (check->platform_types & type_bit) != 0) {
		return refuse(ERR_EXISTS, "the platform or its mask is there twice", what);
	}
	check->platform_masks |= p.compatibility_mask;
	check->platform_types |= type_bit;
	if (p.platform_type == IGVM_PLATFORM_TDX) {
		check->no_context_mask |= p.compatibility_mask;
	}
	if (p.platform_type == IGVM_PLATFORM_VSM_ISOLATION) {
		check->vsm_mask |= p.compatibility_mask;
	}
	return ERR_OK;
}

static enum err check_page_data(const struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_page_data page;
	igvm_decode_page_data(header, &page);
	if ((page.flags & ~IGVM_PAGE_DATA_FLAGS) != 0 || page.reserved != 0 || page.data_type > IGVM_PAGE_CPUID_XF) {
		return refuse(ERR_INPUT, "the page has unknown flags or an unknown type", what);
	}
	if ((page.flags & IGVM_PAGE_DATA_2MB) != 0) {
		return refuse(ERR_UNSUPPORTED, "pages of 2 MiB are not supported", what);
	}
	enum err error = check_pages(page.gpa, PAGE_SIZE, what);
	if (error != ERR_OK) {
		return error;
	}
	return check_data(check, page.file_offset, PAGE_SIZE, what);
}

/* The data of a VSM context: a count of registers, then 32 bytes for each. */
static enum err check_vsm_context(const struct igvm_check *check, u32 file_offset, const char **what)
{
	u32 count;
	struct span data = igvm_data(check->file, file_offset, UINT32_MAX);
	if (span_take_u32(&data, &count) != ERR_OK || (u64)count * 32 > data.n) {
		return refuse(ERR_TRUNCATED, "the register list is past the end of the file", what);
	}
	return ERR_OK;
}

static enum err check_vp_context(const struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_vp_context context;
	igvm_decode_vp_context(header, &context);
	if (!is_one_bit(context.compatibility_mask) || context.reserved != 0) {
		return refuse(ERR_INPUT, "a processor's context belongs to exactly one platform", what);
	}
	if ((context.compatibility_mask & check->no_context_mask) != 0) {
		return refuse(ERR_UNSUPPORTED, "processors of a TDX guest have no context", what);
	}
	if (context.file_offset == 0) {
		return refuse(ERR_INPUT, "the processor's context has no data", what);
	}
	bool vsm = (context.compatibility_mask & check->vsm_mask) != 0;
	enum err error = check_pages(context.gpa, PAGE_SIZE, what);
	if (error == ERR_OK) {
		error = check_data(check, context.file_offset, vsm ? sizeof(u32) : PAGE_SIZE, what);
	}
	if (error == ERR_OK && vsm) {
		error = check_vsm_context(check, context.file_offset, what);
	}
	return error;
}

static enum err check_required_memory(const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_required_memory memory;
	igvm_decode_required_memory(header, &memory);
	if ((memory.flags & ~IGVM_REQUIRED_MEMORY_VTL2_PROTECTABLE) != 0 || memory.reserved != 0) {
		return refuse(ERR_INPUT, "unknown flags or reserved bits are set", what);
	}
	return check_pages(memory.gpa, memory.number_of_bytes, what);
}

static enum err check_guest_policy(const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_guest_policy policy;
	igvm_decode_guest_policy(header, &policy);
	return policy.reserved == 0 ? ERR_OK : refuse(ERR_INPUT, "reserved bits are set", what);
}

static enum err check_error_range(const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_error_range range;
	igvm_decode_error_range(header, &range);
	return check_pages(range.gpa, range.size_bytes, what);
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

static enum err check_parameter_area(struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_parameter_area area;
	igvm_decode_parameter_area(header, &area);
	if (area.number_of_bytes == 0 || !is_aligned(area.number_of_bytes, PAGE_SIZE)) {
		return refuse(ERR_INPUT, "the parameter area is not made of whole 4 KiB pages", what);
	}
	if (area.number_of_bytes > IGVM_MAX_AREA_BYTES) {
		return refuse(ERR_UNSUPPORTED, "the parameter area is larger than 16 MiB", what);
	}
	if (find_area(check, area.parameter_area_index) != NULL) {
		return refuse(ERR_EXISTS, "the parameter area's index is there twice", what);
	}
	if (check->area_count == IGVM_MAX_PARAMETER_AREAS) {
		return refuse(ERR_UNSUPPORTED, "there are more than 64 parameter areas", what);
	}
	check->areas[check->area_count] = (struct igvm_check_area){
		.index = area.parameter_area_index,
		.bytes = area.number_of_bytes,
	};
	check->area_count++;
	return check_data(check, area.file_offset, area.number_of_bytes, what);
}

static enum err find_open_area(struct igvm_check *check, u32 index, struct igvm_check_area **area, const char **what)
{
	*area = find_area(check, index);
	if (*area == NULL) {
		return refuse(ERR_NOT_FOUND, "the parameter area was not declared", what);
	}
	if ((*area)->inserted) {
		return refuse(ERR_EXISTS, "the parameter area was inserted already", what);
	}
	return ERR_OK;
}

static enum err check_parameter_insert(struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_parameter_insert insert;
	struct igvm_check_area *area;
	igvm_decode_parameter_insert(header, &insert);
	enum err error = find_open_area(check, insert.parameter_area_index, &area, what);
	if (error != ERR_OK) {
		return error;
	}
	area->inserted = true;
	return check_pages(insert.gpa, area->bytes, what);
}

static enum err check_parameter(struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	struct igvm_vhs_parameter parameter;
	struct igvm_check_area *area;
	igvm_decode_parameter(header, &parameter);
	enum err error = find_open_area(check, parameter.parameter_area_index, &area, what);
	if (error != ERR_OK) {
		return error;
	}
	if (!range_within(parameter.byte_offset, sizeof(u32), 0, area->bytes)) {
		return refuse(ERR_RANGE, "the parameter is past the end of its area", what);
	}
	return ERR_OK;
}

static enum err check_content(struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	switch (header->type) {
	case IGVM_VHT_SUPPORTED_PLATFORM:
		return check_platform(check, header, what);
	case IGVM_VHT_GUEST_POLICY:
		return check_guest_policy(header, what);
	case IGVM_VHT_PARAMETER_AREA:
		return check_parameter_area(check, header, what);
	case IGVM_VHT_PAGE_DATA:
		return check_page_data(check, header, what);
	case IGVM_VHT_PARAMETER_INSERT:
		return check_parameter_insert(check, header, what);
	case IGVM_VHT_VP_CONTEXT:
		return check_vp_context(check, header, what);
	case IGVM_VHT_REQUIRED_MEMORY:
		return check_required_memory(header, what);
	case IGVM_VHT_ERROR_RANGE:
		return check_error_range(header, what);
	default:
		break;
	}
	bool parameter = igvm_shape_of(header->type)->length == sizeof(struct igvm_vhs_parameter);
	return parameter ? check_parameter(check, header, what) : ERR_OK;
}

static u32 section_of(u32 type)
{
	if (type <= IGVM_VHT_PLATFORM_LAST) {
		return 0;
	}
	return type <= IGVM_VHT_INITIALIZATION_LAST ? 1 : 2;
}

enum err igvm_check_header(struct igvm_check *check, const struct igvm_header *header, const char **what)
{
	const struct igvm_shape *shape = igvm_shape_of(header->type);
	if (shape == NULL) {
		return refuse(ERR_UNSUPPORTED, "the header's type is unknown", what);
	}
	if (header->content.n != shape->length) {
		return refuse(ERR_INPUT, "the header's length does not fit its type", what);
	}
	u32 section = section_of(header->type);
	if (section < check->section) {
		return refuse(ERR_INPUT, "the header is in the wrong section of the file", what);
	}
	check->section = section;
	if (section > 0 && shape->mask_at != IGVM_NO_MASK) {
		u32 mask = igvm_mask_of(header);
		if (mask == 0 || (mask & ~check->platform_masks) != 0) {
			return refuse(ERR_INPUT, "the mask names no platform, or one that is not there", what);
		}
	}
	return check_content(check, header, what);
}
