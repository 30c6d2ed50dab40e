/* SPDX-License-Identifier: MIT */
/*
 * The lists of PVALIDATE and DEPOSIT_MEM (58019, chapter 6): a header, then one word for each page. Header and words are copied
 * once; what the guest does to the list afterwards changes nothing.
 */
#pragma once

#include "guest/request.h"

struct core_list {
	gpa_t address;
	u32 entries;
	u32 first;       /* the entry at which this call begins */
	u32 next;        /* first entry that is not done */
	const u64 *rest; /* copies of entries [first, entries) */
	struct budget *budget;
};

/* The list at RCX. ERR_INPUT (not aligned, longer than its page, nothing to do), or as guest_read. */
err_t core_list_read(struct request *request, struct core_list *list);
/* The entry at list->next. */
u64 core_list_entry(const struct core_list *list);
/*
 * Whether the next entry may be done in this call, for that many units of its budget, which are spent then. ERR_INCOMPLETE when not;
 * the first entry always may.
 */
err_t core_list_afford(struct core_list *list, u32 units);
/* Tells the guest where its list stands, and answers: the result for RAX. */
u64 core_list_answer(const struct core_list *list, enum err error, u32 code);

/* Page and size of an entry: bits 1:0 and 63:12. ERR_INPUT: the size, the alignment; ERR_RANGE: the page that holds the list. */
err_t core_entry_page(const struct core_list *list, u64 entry, gpa_t *page, enum page_size *size);
