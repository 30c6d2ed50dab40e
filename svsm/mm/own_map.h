/* SPDX-License-Identifier: MIT */
/*
 * The SVSM's own memory: [base, base + size) of the layout page, mapped at virtual_base with the builder's page tables. A page of
 * it has one virtual address, so that address and guest-physical address are turned into each other by a constant.
 */
#pragma once

#include <copra/boot.h>

#include "base/addr.h"

/* layout: checked, kept by reference. cbit: its mask. */
void own_map_init(const struct boot_layout *layout, u64 cbit);
u64 own_map_cbit(void);

/* Both end the SVSM for an address that is not its own. */
void *own_address(gpa_t address);
gpa_t own_gpa(const void *address);

/* True for an address of the SVSM's own memory, where a page of it always is (not in a window). */
bool own_map_is_own(u64 address);

/* Unmaps a page (guard pages). */
void own_map_remove(void *page);
/* Maps a page without the C-bit: the host shares it. The RMP is the caller's business (platform/snp/shared_page.h). */
void own_map_share(void *page);
/* Takes the low half out of the root: the identity mapping that the entry code needed. */
void own_map_drop_identity(void);

/* Puts the kernel's half into another root: it shares all tables below, so that it never has to follow a change. */
void own_map_copy_kernel(u64 *root);
/* The processor walks the kernel's own tables from here on. */
void own_map_activate(void);

/* Windows (copra/boot.h): 512 of 4 KiB, OWN_MAP_LARGE_WINDOWS of 2 MiB. */
#define OWN_MAP_LARGE_WINDOWS 31U
_Static_assert(BOOT_MAX_CPUS < OWN_MAP_LARGE_WINDOWS, "each CPU has a large window, and the page-state table some");
u64 *own_map_window_entry(u32 index);
u64 *own_map_window_large_entry(u32 index);
void *own_map_window(u32 index);
void *own_map_window_large(u32 index);
/* True when the address lies in an open window that maps a page of the guest's: none of ours, and none of own_map_large. */
bool own_map_is_guest_window(u64 address);

/* Maps `blocks` private 2 MiB blocks for good, in the large windows from `first` on; returns the first byte. */
void *own_map_large(u32 first, gpa_t start, u32 blocks);
