/* SPDX-License-Identifier: MIT */
#include "igvm/check.h"

#include "base/align.h"
#include "base/range.h"
#include "igvm/rules.h"

enum err igvm_refuse(struct igvm_check *check, enum err error, const char *what)
{
	check->what = what;
	return error;
}

enum err igvm_refuse_as(struct igvm_check *check, enum igvm_flaw flaw, enum err error, const char *what)
{
	check->flaw = flaw;
	return igvm_refuse(check, error, what);
}

enum err igvm_check_pages(struct igvm_check *check, u64 gpa, u64 size)
{
	if (!is_aligned(gpa, PAGE_SIZE) || !is_aligned(size, PAGE_SIZE) || size == 0) {
		return igvm_refuse(check, ERR_INPUT, "the address or size is not made of whole 4 KiB pages");
	}
	if (!range_within(gpa, size, 0, IGVM_GPA_END)) {
		return igvm_refuse(check, ERR_RANGE, "the addresses are beyond 52 bits");
	}
	return ERR_OK;
}

enum err igvm_check_data(struct igvm_check *check, u32 file_offset, u64 size)
{
	if (file_offset == 0) {
		return ERR_OK;
	}
	if (file_offset < check->file->data_start) {
		return igvm_refuse(check, ERR_RANGE, "the file offset lies in the headers");
	}
	if (!range_within(file_offset, size, 0, check->file->bytes.n)) {
		return igvm_refuse(check, ERR_TRUNCATED, "the data is past the end of the file");
	}
	return ERR_OK;
}

bool igvm_is_one_bit(u32 mask)
{
	return mask != 0 && (mask & (mask - 1)) == 0;
}

u8 igvm_type_of_mask(const struct igvm_check *check, u32 mask)
{
	return check->type_of_mask[__builtin_ctz(mask)];
}

static const enum igvm_flaw section_flaws[] = {
	[IGVM_SECTION_PLATFORM] = IGVM_FLAW_PLATFORM_HEADER,
	[IGVM_SECTION_INITIALIZATION] = IGVM_FLAW_INITIALIZATION_HEADER,
	[IGVM_SECTION_DIRECTIVE] = IGVM_FLAW_DIRECTIVE_HEADER,
};

static enum err check_section(struct igvm_check *check, u32 section)
{
	if (section < check->section) {
		return igvm_refuse_as(check, IGVM_FLAW_HEADER_SECTION, ERR_INPUT,
				      "the header is in the wrong section of the file");
	}
	check->section = section;
	return ERR_OK;
}

static enum err check_shape(struct igvm_check *check, const struct igvm_header *header)
{
	const struct igvm_shape *shape = igvm_shape_of(header->type);
	if (shape == NULL) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "the header's type is unknown");
	}
	if (header->content.n != shape->length) {
		return igvm_refuse(check, ERR_INPUT, "the header's length does not fit its type");
	}
	if (header->type == IGVM_VHT_SUPPORTED_PLATFORM || shape->mask_at == IGVM_NO_MASK) {
		return ERR_OK;
	}
	u32 mask = igvm_mask_of(header);
	if (mask == 0 || (mask & ~check->platform_masks) != 0) {
		return igvm_refuse(check, ERR_INPUT, "the mask names no platform, or one that is not there");
	}
	return ERR_OK;
}

static enum err check_content(struct igvm_check *check, const struct igvm_header *header, u32 section)
{
	switch (section) {
	case IGVM_SECTION_PLATFORM:
		return igvm_check_platform(check, header);
	case IGVM_SECTION_INITIALIZATION:
		return igvm_check_initialization(check, header);
	default:
		return igvm_check_directive(check, header);
	}
}

enum err igvm_check_header(struct igvm_check *check, const struct igvm_header *header)
{
	u32 section;
	if (!igvm_section_of(header->type, &section)) {
		return igvm_refuse_as(check, IGVM_FLAW_HEADER_SECTION, ERR_UNSUPPORTED, "the header's type is unknown");
	}
	check->flaw = section_flaws[section];
	enum err error = check_section(check, section);
	if (error == ERR_OK) {
		error = check_shape(check, header);
	}
	return error == ERR_OK ? check_content(check, header, section) : error;
}

enum err igvm_check_end(struct igvm_check *check)
{
	if (check->platform_masks == 0) {
		return igvm_refuse_as(check, IGVM_FLAW_NO_PLATFORM, ERR_INPUT, "the file names no platform");
	}
	for (u32 i = 0; i < check->region_count; i++) {
		if (!check->regions[i].matched) {
			return igvm_refuse_as(check, IGVM_FLAW_NO_MATCHING_CONTEXT, ERR_INPUT,
					      "a relocated region belongs to a processor that has no context");
		}
	}
	return ERR_OK;
}
