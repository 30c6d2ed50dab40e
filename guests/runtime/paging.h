/* SPDX-License-Identifier: MIT */
/* Page tables of the program's own: the first 4 GiB, identity-mapped, private but for one shared page. */
#pragma once

#include <copra/types.h>

/* Builds the tables with the C-bit at that position in every entry but the shared page's, and loads them. */
void paging_install(u32 cbit, u64 shared_page);
