/* SPDX-License-Identifier: MIT */
/*
 * Builds and searches 4-level page tables in a pool of pages that the caller supplies. The pool is one piece: page n of it
 * will lie at address + n * 4 KiB when the processor walks it; the root is page 0.
 */
#pragma once

#include "base/err.h"
#include "x86/page_entry.h"

struct page_tables {
	u64 (*pages)[PAGE_TABLE_ENTRIES]; /* zeroed by page_tables_begin as they are taken */
	u32 capacity;                     /* pages in the pool */
	u32 used;
	u64 address; /* of the pool as the processor sees it; 4 KiB aligned */
	u64 c_bit;   /* ORed into every present entry; 0 for none */
};

struct page_mapping {
	u64 entry; /* the leaf */
	u32 level; /* 1, 2 or 3 */
	u64 address;
};

struct page_request {
	u64 virtual_address;
	u64 address;
	u64 size;  /* bytes, not 0 */
	u64 bits;  /* PAGE_ENTRY_* of the leaves; PRESENT is added */
	u32 level; /* 1: 4 KiB leaves, 2: 2 MiB, 3: 1 GiB */
};

/* Takes the root. ERR_INPUT for an unaligned pool, ERR_NO_MEMORY for an empty one. */
err_t page_tables_begin(struct page_tables *t);

/*
 * Maps a range with leaves of one size. Tables on the way get present, write and, for user leaves, user. ERR_INPUT:
 * unaligned, or not canonical; ERR_RANGE: wraps; ERR_EXISTS: something is mapped there; ERR_NO_MEMORY: the pool is
 * full. On an error part of the range may be mapped.
 */
err_t page_tables_map(struct page_tables *t, const struct page_request *request);

/*
 * Makes sure there is a table of `level` (1 to 3) for the address, and gives where it lies (pool address). ERR_EXISTS when
 * a larger leaf is in the way; ERR_NO_MEMORY.
 */
err_t page_tables_reserve(struct page_tables *t, u64 virtual_address, u32 level, u64 *table);

/* The leaf of an address. ERR_NOT_FOUND when none is present; ERR_RANGE when a table lies outside of the pool. */
err_t page_tables_find(const struct page_tables *t, u64 virtual_address, struct page_mapping *mapping);
