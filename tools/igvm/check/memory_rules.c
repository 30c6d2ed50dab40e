/* SPDX-License-Identifier: MIT */
#include <copra/psp.h>

#include <stdlib.h>

#include "check/rules.h"
#include "show/names.h"
#include "show/places.h"

/* Memory that the header takes: what it gives the guest, and the page of a VMSA that is not launched from elsewhere. */
static bool memory_taken(const struct igvm_file *file, const struct igvm_header *header, u8 platform,
			 struct memory *out)
{
	struct igvm_vhs_vp_context context;
	if (header->type != IGVM_VHT_VP_CONTEXT) {
		return memory_of_header(file, header, out);
	}
	igvm_decode_vp_context(header, &context);
	*out = (struct memory){.gpa = context.gpa, .size = PAGE_SIZE};
	return platform == IGVM_PLATFORM_SEV_SNP && context.gpa != LAUNCH_VMSA_GPA;
}

static struct places sort_memory(const struct igvm_file *file, u8 platform, u32 mask)
{
	struct places places = places_begin(file);
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct memory memory;
	while (igvm_next(&iterator, &header)) {
		if (igvm_header_applies(&header, mask) && memory_taken(file, &header, platform, &memory)) {
			places_add(&places, &header, memory.gpa);
		}
	}
	places_sort(&places);
	return places;
}

static void check_platform(const struct igvm_file *file, u8 platform, u32 mask, struct findings *findings)
{
	struct places places = sort_memory(file, platform, mask);
	u64 end = 0; /* of the furthest so far, which is header number `last` */
	u32 last = 0;
	for (u32 i = 0; i < places.count; i++) {
		struct igvm_header header;
		struct memory memory = {0};
		places_get(&places, i, &header);
		(void)memory_taken(file, &header, platform, &memory);
		if (memory.gpa < end) {
			finding_error(findings, &header, "%s gets memory at 0x%llx that header %u gives it already",
				      name_of_platform(platform), (unsigned long long)memory.gpa, last);
		}
		if (memory.gpa + memory.size > end) {
			end = memory.gpa + memory.size;
			last = header.index;
		}
	}
	free(places.all);
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
