/* SPDX-License-Identifier: MIT */
/* Page-table entries of long mode and the algebra of their indexes. AMD64 APM volume 2 (24593), section 5.3. */
#pragma once

#include <copra/types.h>

#define PAGE_ENTRY_PRESENT (1ULL << 0)
#define PAGE_ENTRY_WRITE (1ULL << 1)
#define PAGE_ENTRY_USER (1ULL << 2)
#define PAGE_ENTRY_WRITE_THROUGH (1ULL << 3)
#define PAGE_ENTRY_CACHE_DISABLE (1ULL << 4)
#define PAGE_ENTRY_ACCESSED (1ULL << 5)
#define PAGE_ENTRY_DIRTY (1ULL << 6)
#define PAGE_ENTRY_LARGE (1ULL << 7) /* levels 2 and 3 */
#define PAGE_ENTRY_GLOBAL (1ULL << 8)
#define PAGE_ENTRY_NO_EXECUTE (1ULL << 63)
/* Bits 51:12, the C-bit among them */
#define PAGE_ENTRY_ADDRESS 0x000FFFFFFFFFF000ULL

#define PAGE_TABLE_ENTRIES 512U

/* Level 1 is the page table, level 4 the PML4, level 5 the PML5. */
static inline u32 page_entry_shift(u32 level)
{
	return PAGE_SHIFT + 9 * (level - 1);
}

/* Index of the entry for a virtual address in a table of this level. */
static inline u32 page_entry_index(u64 virtual_address, u32 level)
{
	return (u32)(virtual_address >> page_entry_shift(level)) & (PAGE_TABLE_ENTRIES - 1);
}

/* Bytes that one entry of this level covers. */
static inline u64 page_entry_span(u32 level)
{
	return 1ULL << page_entry_shift(level);
}

static inline bool page_entry_present(u64 entry)
{
	return (entry & PAGE_ENTRY_PRESENT) != 0;
}

/* True when a present entry of this level maps memory instead of naming a table. */
static inline bool page_entry_is_leaf(u64 entry, u32 level)
{
	return level == 1 || ((level == 2 || level == 3) && (entry & PAGE_ENTRY_LARGE) != 0);
}

/* Address in an entry; c_bit is a mask, 0 for none. For a large leaf the bits below its size are dropped. */
static inline u64 page_entry_address(u64 entry, u32 level, u64 c_bit)
{
	u64 address = entry & PAGE_ENTRY_ADDRESS & ~c_bit;
	return page_entry_is_leaf(entry, level) ? address & ~(page_entry_span(level) - 1) : address;
}

/* A 4-level virtual address is canonical when bits 63:47 are alike. */
static inline bool page_address_canonical(u64 virtual_address)
{
	u64 top = virtual_address >> 47;
	return top == 0 || top == 0x1FFFF;
}
