/* SPDX-License-Identifier: MIT */
#include "igvm/check.h"

#include "igvm/rules.h"

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
