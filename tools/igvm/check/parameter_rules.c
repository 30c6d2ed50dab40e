/* SPDX-License-Identifier: MIT */
#include "base/range.h"
#include "check/rules.h"
#include "igvm/layout.h"
#include "show/names.h"

#define MAX_USES 1024U /* more than anybody gives; the rest is not compared */

/* What a host writes at the least: igvm_defs, and for tables ACPI 6.5, section 5.2.6; for device trees its header. */
static u32 least_size(u32 type)
{
	switch (type) {
	case IGVM_VHT_MMIO_RANGES:
		return 32;
	case IGVM_VHT_MEMORY_MAP:
		return sizeof(struct igvm_memory_map_entry);
	case IGVM_VHT_SRAT:
	case IGVM_VHT_MADT:
	case IGVM_VHT_SLIT:
	case IGVM_VHT_PPTT:
		return 36;
	case IGVM_VHT_DEVICE_TREE:
		return 40;
	case IGVM_VHT_COMMAND_LINE:
		return 1;
	default:
		return sizeof(u32);
	}
}

struct use {
	struct igvm_header header;
	struct igvm_vhs_parameter where;
};

struct uses {
	u32 count;
	struct use all[MAX_USES];
	u32 area_count;
	struct igvm_vhs_parameter_area areas[IGVM_MAX_PARAMETER_AREAS];
};

static u64 area_size(const struct uses *uses, u32 index)
{
	for (u32 i = 0; i < uses->area_count; i++) {
		if (uses->areas[i].parameter_area_index == index) {
			return uses->areas[i].number_of_bytes;
		}
	}
	return 0;
}

static bool is_parameter(const struct igvm_header *header)
{
	return header->section == IGVM_SECTION_DIRECTIVE && header->content.n == sizeof(struct igvm_vhs_parameter);
}

static void compare_with_others(const struct uses *uses, const struct use *new, struct findings *findings)
{
	for (u32 i = 0; i < uses->count; i++) {
		const struct use *old = &uses->all[i];
		if (old->where.parameter_area_index == new->where.parameter_area_index &&
		    range_overlaps(old->where.byte_offset, least_size(old->header.type), new->where.byte_offset,
				   least_size(new->header.type))) {
			finding_warning(findings, &new->header, "it overwrites what header %u has put into area %u",
					old->header.index, new->where.parameter_area_index);
			return;
		}
	}
}

static void check_use(const struct igvm_header *header, struct uses *uses, struct findings *findings)
{
	struct use use = {.header = *header};
	igvm_decode_parameter(header, &use.where);
	u64 area = area_size(uses, use.where.parameter_area_index);
	if (!range_within(use.where.byte_offset, least_size(header->type), 0, area)) {
		finding_error(findings, header, "%u bytes at 0x%x are past the end of area %u (0x%llx)",
			      least_size(header->type), use.where.byte_offset, use.where.parameter_area_index,
			      (unsigned long long)area);
	}
	compare_with_others(uses, &use, findings);
	if (uses->count < MAX_USES) {
		uses->all[uses->count] = use;
		uses->count++;
	}
}

static bool is_inserted(const struct igvm_file *file, u32 index)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_parameter_insert insert;
	while (igvm_next(&iterator, &header)) {
		if (header.type != IGVM_VHT_PARAMETER_INSERT) {
			continue;
		}
		igvm_decode_parameter_insert(&header, &insert);
		if (insert.parameter_area_index == index) {
			return true;
		}
	}
	return false;
}

static void check_area(const struct igvm_file *file, const struct igvm_header *header,
		       struct igvm_vhs_parameter_area *area, struct findings *findings)
{
	igvm_decode_parameter_area(header, area);
	if (!is_inserted(file, area->parameter_area_index)) {
		finding_warning(findings, header, "area %u is never inserted", area->parameter_area_index);
	}
}

void check_parameters(const struct igvm_file *file, struct findings *findings)
{
	static struct uses uses;
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	uses.count = 0;
	uses.area_count = 0;
	while (igvm_next(&iterator, &header)) {
		if (is_parameter(&header)) {
			check_use(&header, &uses, findings);
		} else if (header.type == IGVM_VHT_PARAMETER_AREA && uses.area_count < IGVM_MAX_PARAMETER_AREAS) {
			check_area(file, &header, &uses.areas[uses.area_count], findings);
			uses.area_count++;
		}
	}
}

static bool has_header(const struct igvm_file *file, u32 type, u32 mask)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		if (header.type == type && igvm_header_applies(&header, mask)) {
			return true;
		}
	}
	return false;
}

static void check_policy(const struct igvm_file *file, u8 platform, u32 mask, struct findings *findings)
{
	u64 policy;
	enum err error = igvm_guest_policy(file, mask, &policy);
	if (error == ERR_EXISTS) {
		finding_error(findings, NULL, "there are two different guest policies for %s",
			      name_of_platform(platform));
	} else if (error == ERR_NOT_FOUND && platform == IGVM_PLATFORM_SEV_SNP) {
		finding_warning(findings, NULL, "there is no guest policy for sev-snp");
	}
}

void check_completeness(const struct igvm_file *file, struct findings *findings)
{
	for (u8 platform = 0; platform <= IGVM_PLATFORM_CCA; platform++) {
		u32 mask;
		if (igvm_platform_mask(file, platform, &mask) != ERR_OK) {
			continue;
		}
		if (platform != IGVM_PLATFORM_TDX && !has_header(file, IGVM_VHT_VP_CONTEXT, mask)) {
			finding_warning(findings, NULL, "no processor has a context for %s",
					name_of_platform(platform));
		}
		check_policy(file, platform, mask, findings);
	}
}
