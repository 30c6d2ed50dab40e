/* SPDX-License-Identifier: MIT */
/* The rules for one variable header, given those before it. */
#pragma once

#include "igvm/layout.h"

struct igvm_check_area {
	u32 index;
	u64 bytes;
	bool inserted;
};

/* A relocatable region or a page-table region, whose registers a processor's context must supply */
struct igvm_check_region {
	u32 mask;
	u16 vp_index;
	u8 vtl;
	bool page_table;
	bool matched; /* a context of that processor and VTL came */
	u64 gpa;
	u64 size;
};

/* What the headers so far have said; starts as zeros with file set. */
struct igvm_check {
	const struct igvm_file *file;
	u32 section;         /* IGVM_SECTION_* of the last header */
	u32 platform_masks;  /* all bits that a platform has claimed */
	u32 platform_types;  /* bit n: platform type n is there */
	u8 type_of_mask[32]; /* platform type by bit number of its mask */
	u32 corim_documents; /* bits of platforms that have one */
	u32 corim_signatures;
	u32 page_table_masks;
	u32 area_count;
	struct igvm_check_area areas[IGVM_MAX_PARAMETER_AREAS];
	u32 region_count;
	struct igvm_check_region regions[IGVM_MAX_RELOCATION_REGIONS];
	const char *what;    /* why the header was refused, in words that follow "IGVM header 3 at 0x78:" */
	enum igvm_flaw flaw; /* and what kind of flaw it is, when not just that of its section */
};

/* Checks the header and takes note of it. ERR_INPUT, ERR_RANGE, ERR_TRUNCATED, ERR_UNSUPPORTED, ERR_EXISTS,
 * ERR_NOT_FOUND with check->what and check->flaw set. */
err_t igvm_check_header(struct igvm_check *check, const struct igvm_header *header);

/* What only shows after the last header; the errors are the file's, not a header's. */
err_t igvm_check_end(struct igvm_check *check);
