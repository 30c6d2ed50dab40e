/* SPDX-License-Identifier: MIT */
/* PVALIDATE lists, written as a test wants them. */
#pragma once

#include <copra/svsm.h>

/* The most entries of a list that begins at this address: it ends with its page. */
static inline u32 list_capacity(u64 list)
{
	u64 room = PAGE_SIZE - (list & (PAGE_SIZE - 1));
	return (u32)((room - sizeof(struct svsm_pvalidate_header)) / sizeof(u64));
}

/* Behind the header of the calling area: where guests write their lists. */
u64 list_in_calling_area(void);

void list_header(u64 list, u16 entries, u16 next);
void list_entry(u64 list, u32 index, u64 entry);
u16 list_next(u64 list);
/* PVALIDATE of the list; RAX, UINT64_MAX when not answered. */
u64 list_call(u64 list);
