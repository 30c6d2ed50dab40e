/* SPDX-License-Identifier: MIT */
#include "ghcb/psc_rules.h"

#include "base/align.h"

#define LARGE_PAGE_PAGES 512U
#define ENTRY_RESERVED 0xFE00000000000000ULL

/* The reserved field is not looked at: OVMF leaves there what the buffer held before. */
bool psc_header_valid(const struct psc_header *header)
{
	return header->end_entry < PSC_MAX_ENTRIES;
}

bool psc_entry_decode(u64 raw, struct psc_entry *entry)
{
	bool large = (raw & PSC_ENTRY_LARGE) != 0;
	*entry = (struct psc_entry){
		.page = (raw >> PSC_ENTRY_GFN_SHIFT & PSC_ENTRY_GFN_MASK) << PAGE_SHIFT,
		.done = (u32)(raw & PSC_ENTRY_CURRENT_PAGE_MASK),
		.pages = large ? LARGE_PAGE_PAGES : 1,
		.op = (u32)(raw >> PSC_ENTRY_OP_SHIFT & PSC_ENTRY_OP_MASK),
		.size = large ? PAGE_2M : PAGE_4K,
	};
	bool known = entry->op >= PSC_OP_PRIVATE && entry->op <= PSC_OP_UNSMASH;
	return known && (raw & ENTRY_RESERVED) == 0 && entry->done <= entry->pages &&
	       is_aligned(entry->page, page_bytes(entry->size));
}
