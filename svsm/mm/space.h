/* SPDX-License-Identifier: MIT */
/*
 * The address space of a process: page tables of its own for the lower half, the kernel's for the upper half, where ring 3 sees
 * nothing. All memory is there from the start: a page is either mapped, or somebody faults on it. The page tables are all there is
 * to know of it, so that there are no lists to keep in step.
 *
 * The kernel never uses these mappings. It finds a page's frame and works on that, so that no access of its own can fault.
 *
 * One CPU at a time uses a space; that is its caller's business. Addresses and sizes come from ring 3 and are checked here.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

#define SPACE_READ 0x1U
#define SPACE_WRITE 0x2U
#define SPACE_EXECUTE 0x4U

/* Pages start at SPACE_START, so that a null pointer with a large offset faults, and end below SPACE_END. */
#define SPACE_START 0x10000ULL
#define SPACE_END 0x40000000ULL

struct space {
	u64 *root;
	u32 frames; /* taken, the tables' included */
	u32 limit;
	bool stale; /* rights were taken away since the processor last saw the tables: it must forget them */
};

struct space_range {
	u64 start; /* bytes, page aligned */
	u64 pages; /* not 0 */
};

/* ERR_NO_MEMORY. limit: how many frames it may take; a few of them go for page tables. Beyond it every call is ERR_RANGE. */
err_t space_make(struct space *space, u32 limit);
/* Gives all frames back. */
void space_end(struct space *space);
/* What CR3 is set to. */
u64 space_root(const struct space *space);

/*
 * Maps zeroed frames of its own, which are never executable. rights: SPACE_*, 0 for no access at all. ERR_INPUT (alignment, rights),
 * ERR_RANGE, ERR_EXISTS (a page is there), ERR_NO_MEMORY: nothing has changed.
 */
err_t space_add(struct space *space, struct space_range range, u32 rights);
/* Maps memory of the SVSM's that others may map too, never writable. Errors as above. memory: page aligned. */
err_t space_share(struct space *space, struct space_range range, const u8 *memory, u32 rights);
/* Unmaps; pages that are not there are passed over. ERR_INPUT, ERR_RANGE. */
err_t space_remove(struct space *space, struct space_range range);
/*
 * ERR_INPUT, ERR_RANGE; ERR_NOT_FOUND when a page is missing, ERR_STATE when a shared one is to be writable, or executable one that is
 * not so now: nothing has changed.
 */
err_t space_protect(struct space *space, struct space_range range, u32 rights);
/*
 * The lowest gap of that many pages in [low, SPACE_END), looked for in the first SPACE_GAP_PAGES: a process that leaves holes in its memory
 * makes no call long. ERR_NO_MEMORY.
 */
#define SPACE_GAP_PAGES 4096U
err_t space_find_gap(const struct space *space, u64 low, u64 pages, u64 *start);

/*
 * Copy between the kernel and pages that ring 3 may itself read, or write. ERR_RANGE: it may not; ERR_LOST: the host has taken a page
 * away. Part may have been copied.
 */
err_t space_read(const struct space *space, u64 address, void *to, size_t n);
err_t space_write(struct space *space, u64 address, const void *from, size_t n);
/* Writes whatever the rights are, but never into shared pages: for loading. */
err_t space_load(struct space *space, u64 address, const void *from, size_t n);
