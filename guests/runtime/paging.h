/* SPDX-License-Identifier: MIT */
/* Page tables of the program's own: the first 4 GiB, identity-mapped, private but for some shared pages. */
#pragma once

#include <copra/types.h>

/*
 * Builds the tables with the C-bit at that position in every entry but those of the shared pages, which lie in one 2 MiB
 * block, and loads them.
 */
void paging_install(u32 cbit, u64 shared, u32 shared_pages);

/* CR3 of every CPU. */
u64 paging_root(void);
