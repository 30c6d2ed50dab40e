/* SPDX-License-Identifier: MIT */
/* The machine's own page tables: its image, W^X, and a direct map of all physical memory, not executable. */
#pragma once

#include "boot/memory_map.h"

#define DIRECT_SIZE (1ULL << 46)

/*
 * Builds them behind the image's future place at plan->own_start and returns the physical address of the root, for CR3.
 * The image's virtual address then means own_start.
 */
u64 own_tables_build(const struct memory_plan *plan, u64 image_size);

/* Bytes that image and tables take from plan->own_start on. */
u64 own_tables_end(u64 image_size);

/* Makes sure that the direct map has the 512 GiB around an address; false when it is out of reach or memory is out. */
bool own_tables_extend(u64 physical);

/* Tables for the start of another CPU: as the machine's, with low memory mapped one to one, executable. 0: no memory. */
u64 own_tables_for_start(void);

/* Paging with five levels. */
bool own_tables_have_5_levels(void);
