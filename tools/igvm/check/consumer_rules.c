/* SPDX-License-Identifier: MIT */
#include "check/rules.h"
#include "show/names.h"

/* Masks of the platforms that the consumer can start */
static u32 masks_of(const struct igvm_file *file, const struct consumer *consumer)
{
	u32 masks = 0;
	for (u8 type = 0; type <= IGVM_PLATFORM_CCA; type++) {
		u32 mask;
		if ((consumer->platforms >> type & 1) != 0 && igvm_platform_mask(file, type, &mask) == ERR_OK) {
			masks |= mask;
		}
	}
	return masks;
}

static void check_platforms(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_supported_platform p;
	if (masks_of(file, consumer) == 0) {
		finding_error(findings, NULL, "%s can start none of the file's platforms", consumer->title);
		return;
	}
	while (igvm_next(&iterator, &header) && header.section == IGVM_SECTION_PLATFORM) {
		igvm_decode_supported_platform(&header, &p);
		if ((consumer->platforms >> p.platform_type & 1) == 0) {
			finding_warning(findings, &header, "%s does not know platform %s", consumer->title,
					name_of_platform(p.platform_type));
		}
	}
}

static bool handles(const struct consumer *consumer, const struct igvm_header *header)
{
	if (header->section == IGVM_SECTION_INITIALIZATION) {
		return (consumer->initialization >> (header->type - IGVM_VHT_INITIALIZATION_FIRST) & 1) != 0;
	}
	return header->section != IGVM_SECTION_DIRECTIVE ||
	       (consumer->directives >> (header->type - IGVM_VHT_DIRECTIVE_FIRST) & 1) != 0;
}

static void check_area(const struct igvm_header *header, const struct consumer *consumer, struct findings *findings)
{
	struct igvm_vhs_parameter_area area;
	igvm_decode_parameter_area(header, &area);
	if (consumer->is_qemu && area.file_offset != 0) {
		finding_warning(findings, header, "%s ignores the initial data of the area", consumer->title);
	}
}

static void check_map(const struct igvm_header *header, const struct consumer *consumer, struct findings *findings)
{
	struct igvm_vhs_parameter parameter;
	igvm_decode_parameter(header, &parameter);
	if (consumer->is_qemu && parameter.byte_offset != 0) {
		finding_error(findings, header, "%s puts the memory map at offset 0 of the area, not at 0x%x",
			      consumer->title, parameter.byte_offset);
	}
}

static void check_page(const struct igvm_header *header, const struct consumer *consumer, struct findings *findings)
{
	struct igvm_vhs_page_data page;
	igvm_decode_page_data(header, &page);
	if (consumer->is_qemu && (page.flags & IGVM_PAGE_DATA_SHARED) != 0) {
		finding_warning(findings, header, "%s launches the page as private", consumer->title);
	}
}

static void check_native_context(const struct igvm_file *file, const struct igvm_header *header,
				 const struct consumer *consumer, struct findings *findings)
{
	struct igvm_vhs_vp_context context;
	u8 platform;
	igvm_decode_vp_context(header, &context);
	if (igvm_platform_of(file, context.compatibility_mask, &platform) != ERR_OK) {
		return;
	}
	if (platform == IGVM_PLATFORM_NATIVE && !consumer->native_context) {
		finding_error(findings, header, "%s takes no native context", consumer->title);
	}
	if (platform == IGVM_PLATFORM_NATIVE && consumer->is_qemu && context.vp_index != 0) {
		finding_error(findings, header, "%s takes a native context for the first processor alone",
			      consumer->title);
	}
}

static void check_handled(const struct igvm_file *file, const struct igvm_header *header,
			  const struct consumer *consumer, struct findings *findings)
{
	switch (header->type) {
	case IGVM_VHT_PARAMETER_AREA:
		check_area(header, consumer, findings);
		return;
	case IGVM_VHT_MEMORY_MAP:
		check_map(header, consumer, findings);
		return;
	case IGVM_VHT_PAGE_DATA:
		check_page(header, consumer, findings);
		return;
	case IGVM_VHT_VP_CONTEXT:
		check_native_context(file, header, consumer, findings);
		return;
	default:
		return;
	}
}

void check_consumer(const struct igvm_file *file, const struct consumer *consumer, struct findings *findings)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	u32 masks = masks_of(file, consumer);
	check_platforms(file, consumer, findings);
	if (consumer->is_qemu && file->bytes.n == file->data_start) {
		finding_error(findings, NULL, "the igvm crate, and with it %s, refuses a file without data",
			      consumer->title);
	}
	while (igvm_next(&iterator, &header)) {
		if (!consumer->every_mask && !igvm_header_applies(&header, masks)) {
			continue;
		}
		if (handles(consumer, &header)) {
			check_handled(file, &header, consumer, findings);
		} else {
			finding_error(findings, &header, "%s %s", consumer->title, consumer->otherwise);
		}
	}
}
