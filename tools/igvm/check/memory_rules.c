/* SPDX-License-Identifier: MIT */
#include <copra/psp.h>

#include <stdlib.h>

#include "check/rules.h"
#include "host/report.h"
#include "igvm/layout.h"
#include "show/names.h"

struct placed {
	u64 gpa;
	u64 size;
	struct igvm_header header;
};

static bool place_context(const struct igvm_header *header, u8 platform, struct placed *out)
{
	struct igvm_vhs_vp_context context;
	igvm_decode_vp_context(header, &context);
	*out = (struct placed){.gpa = context.gpa, .size = PAGE_SIZE, .header = *header};
	return platform == IGVM_PLATFORM_SEV_SNP && context.gpa != LAUNCH_VMSA_GPA;
}

/* Memory that the header gives the guest; false for other headers. */
static bool place_header(const struct igvm_file *file, const struct igvm_header *header, u8 platform,
			 struct placed *out)
{
	struct igvm_vhs_page_data page;
	struct igvm_vhs_parameter_insert insert;
	struct igvm_vhs_error_range range;
	switch (header->type) {
	case IGVM_VHT_PAGE_DATA:
		igvm_decode_page_data(header, &page);
		*out = (struct placed){.gpa = page.gpa, .size = PAGE_SIZE, .header = *header};
		return true;
	case IGVM_VHT_PARAMETER_INSERT:
		igvm_decode_parameter_insert(header, &insert);
		*out = (struct placed){
			.gpa = insert.gpa,
			.size = igvm_area_bytes(file, insert.parameter_area_index),
			.header = *header,
		};
		return true;
	case IGVM_VHT_ERROR_RANGE:
		igvm_decode_error_range(header, &range);
		*out = (struct placed){.gpa = range.gpa, .size = range.size_bytes, .header = *header};
		return true;
	case IGVM_VHT_VP_CONTEXT:
		return place_context(header, platform, out);
	default:
		return false;
	}
}

static int compare(const void *a, const void *b)
{
	const struct placed *one = a;
	const struct placed *other = b;
	if (one->gpa != other->gpa) {
		return one->gpa < other->gpa ? -1 : 1;
	}
	return one->header.index < other->header.index ? -1 : 1;
}

static bool is_sorted(const struct placed *all, u32 count)
{
	for (u32 i = 1; i < count; i++) {
		if (compare(&all[i - 1], &all[i]) > 0) {
			return false;
		}
	}
	return true;
}

static void check_platform(const struct igvm_file *file, u8 platform, u32 mask, struct findings *findings)
{
	struct placed *all = allocate(sizeof(*all) * file->header_count);
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	u32 count = 0;
	while (igvm_next(&iterator, &header)) {
		if (igvm_header_applies(&header, mask)) {
			count += place_header(file, &header, platform, &all[count]);
		}
	}
	if (!is_sorted(all, count)) {
		qsort(all, count, sizeof(*all), compare);
	}
	u64 end = 0; /* of the furthest so far, which is all[last] */
	u32 last = 0;
	for (u32 i = 0; i < count; i++) {
		if (all[i].gpa < end) {
			finding_error(
				findings, &all[i].header, "%s gets memory at 0x%llx that header %u gives it already",
				name_of_platform(platform), (unsigned long long)all[i].gpa, all[last].header.index);
		}
		if (all[i].gpa + all[i].size > end) {
			end = all[i].gpa + all[i].size;
			last = i;
		}
	}
	free(all);
}

void check_overlaps(const struct igvm_file *file, struct findings *findings)
{
	for (u8 platform = 0; platform <= IGVM_PLATFORM_CCA; platform++) {
		u32 mask;
		if (igvm_platform_mask(file, platform, &mask) == ERR_OK) {
			check_platform(file, platform, mask, findings);
		}
	}
}
