/* SPDX-License-Identifier: MIT */
/* Direct boot: what the 64-bit boot protocol of Linux (Documentation/arch/x86/boot.rst, zero-page.rst) wants to find. */
#pragma once

#include <copra/boot.h>

#include "guest/memory_map.h"

/* Maps [0, 4 GiB) one to one, private, in 2 MiB pages, in guest->page_tables. The errors of guest_write, ERR_NO_MEMORY. */
err_t identity_map_write(const struct boot_guest *guest);

/* Writes the e820 table into boot_params. ERR_NO_MEMORY when it does not fit; the errors of guest_write. */
err_t linux_prepare(const struct boot_guest *guest, const struct memory_map *map);

struct e820_entry {
	u64 start;
	u64 size;
	u32 type;
};
#define E820_MAX_ENTRIES 128U /* what the zero page holds */

/*
 * RAM from the map, except where the image's ranges or the legacy area [640 KiB, 1 MiB) say otherwise; ascending, neighbours of a
 * kind joined. Returns the number of entries, or E820_MAX_ENTRIES + 1 when there are more.
 */
u32 e820_build(const struct boot_guest *guest, const struct memory_map *map, struct e820_entry *entries);
