/* SPDX-License-Identifier: MIT */
#include "base/mem.h"
#include "igvm/layout.h"

/* By type; what the format does not know has length 0. */
static const struct igvm_shape platform_shapes[] = {
	[IGVM_VHT_SUPPORTED_PLATFORM - IGVM_VHT_PLATFORM_FIRST] = {IGVM_VHT_SUPPORTED_PLATFORM,
								   sizeof(struct igvm_vhs_supported_platform), 0},
};

static const struct igvm_shape initialization_shapes[] = {
	[IGVM_VHT_GUEST_POLICY - IGVM_VHT_INITIALIZATION_FIRST] = {IGVM_VHT_GUEST_POLICY,
								   sizeof(struct igvm_vhs_guest_policy), 8},
	[IGVM_VHT_RELOCATABLE_REGION - IGVM_VHT_INITIALIZATION_FIRST] = {IGVM_VHT_RELOCATABLE_REGION,
									 sizeof(struct igvm_vhs_relocatable_region), 0},
	[IGVM_VHT_PAGE_TABLE_RELOCATION_REGION -
		IGVM_VHT_INITIALIZATION_FIRST] = {IGVM_VHT_PAGE_TABLE_RELOCATION_REGION,
						  sizeof(struct igvm_vhs_page_table_relocation), 0},
	[IGVM_VHT_CORIM_DOCUMENT -
		IGVM_VHT_INITIALIZATION_FIRST] = {IGVM_VHT_CORIM_DOCUMENT, sizeof(struct igvm_vhs_corim), 0},
	[IGVM_VHT_CORIM_SIGNATURE -
		IGVM_VHT_INITIALIZATION_FIRST] = {IGVM_VHT_CORIM_SIGNATURE, sizeof(struct igvm_vhs_corim), 0},
	[IGVM_VHT_CCA_POLICY -
		IGVM_VHT_INITIALIZATION_FIRST] = {IGVM_VHT_CCA_POLICY, sizeof(struct igvm_vhs_cca_policy), 0},
};

static const struct igvm_shape directive_shapes[] = {
	[IGVM_VHT_PARAMETER_AREA - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_PARAMETER_AREA,
								sizeof(struct igvm_vhs_parameter_area), IGVM_NO_MASK},
	[IGVM_VHT_PAGE_DATA - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_PAGE_DATA, sizeof(struct igvm_vhs_page_data), 8},
	[IGVM_VHT_PARAMETER_INSERT -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_PARAMETER_INSERT, sizeof(struct igvm_vhs_parameter_insert), 8},
	[IGVM_VHT_VP_CONTEXT - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_VP_CONTEXT, IGVM_VP_CONTEXT_LENGTH, 8},
	[IGVM_VHT_REQUIRED_MEMORY -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_REQUIRED_MEMORY, sizeof(struct igvm_vhs_required_memory), 8},
	[IGVM_VHT_VP_COUNT_PARAMETER - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_VP_COUNT_PARAMETER,
								    sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_SRAT - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_SRAT, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_MADT - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_MADT, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_MMIO_RANGES -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_MMIO_RANGES, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_SNP_ID_BLOCK -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_SNP_ID_BLOCK, sizeof(struct igvm_vhs_snp_id_block), 0},
	[IGVM_VHT_MEMORY_MAP -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_MEMORY_MAP, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_ERROR_RANGE -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_ERROR_RANGE, sizeof(struct igvm_vhs_error_range), 8},
	[IGVM_VHT_COMMAND_LINE -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_COMMAND_LINE, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_SLIT - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_SLIT, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_PPTT - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_PPTT, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_VBS_MEASUREMENT -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_VBS_MEASUREMENT, sizeof(struct igvm_vhs_vbs_measurement), 0},
	[IGVM_VHT_DEVICE_TREE -
		IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_DEVICE_TREE, sizeof(struct igvm_vhs_parameter), IGVM_NO_MASK},
	[IGVM_VHT_ENVIRONMENT_INFO_PARAMETER - IGVM_VHT_DIRECTIVE_FIRST] = {IGVM_VHT_ENVIRONMENT_INFO_PARAMETER,
									    sizeof(struct igvm_vhs_parameter),
									    IGVM_NO_MASK},
};

static const struct {
	u32 first;
	u32 last;
	u32 known;
	const struct igvm_shape *shapes;
} sections[] = {
	[IGVM_SECTION_PLATFORM] = {IGVM_VHT_PLATFORM_FIRST, IGVM_VHT_PLATFORM_LAST, ARRAY_SIZE(platform_shapes),
				   platform_shapes},
	[IGVM_SECTION_INITIALIZATION] = {IGVM_VHT_INITIALIZATION_FIRST, IGVM_VHT_INITIALIZATION_LAST,
					 ARRAY_SIZE(initialization_shapes), initialization_shapes},
	[IGVM_SECTION_DIRECTIVE] = {IGVM_VHT_DIRECTIVE_FIRST, IGVM_VHT_DIRECTIVE_LAST, ARRAY_SIZE(directive_shapes),
				    directive_shapes},
};

bool igvm_section_of(u32 type, u32 *section)
{
	for (u32 i = 0; i < ARRAY_SIZE(sections); i++) {
		if (type >= sections[i].first && type <= sections[i].last) {
			*section = i;
			return true;
		}
	}
	return false;
}

const struct igvm_shape *igvm_shape_of(u32 type)
{
	u32 section;
	if (!igvm_section_of(type, &section) || type - sections[section].first >= sections[section].known) {
		return NULL;
	}
	const struct igvm_shape *shape = &sections[section].shapes[type - sections[section].first];
	return shape->length > 0 ? shape : NULL;
}

u32 igvm_mask_of(const struct igvm_header *header)
{
	const struct igvm_shape *shape = igvm_shape_of(header->type);
	u32 mask = UINT32_MAX;
	if (shape == NULL || shape->mask_at == IGVM_NO_MASK) {
		return mask;
	}
	return span_copy(header->content, shape->mask_at, &mask, sizeof(mask)) == ERR_OK ? mask : 0;
}

bool igvm_header_applies(const struct igvm_header *header, u32 mask)
{
	return (igvm_mask_of(header) & mask) != 0;
}
