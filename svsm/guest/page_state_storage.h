/* SPDX-License-Identifier: MIT */
/* Where the page-state table lies: on the heap, or for large guests at the top of their RAM. */
#pragma once

#include <copra/boot.h>

#include "guest/memory_map.h"

struct page_state_storage {
	void *start;
	u64 bytes;
};

/*
 * Reserves what page_states_bytes asks for. keep: bytes of the heap that others may yet want. Off the guest's RAM it takes 2 MiB
 * blocks, which leave *map, become private and validated, and stay mapped in the window slots above those of the CPUs.
 * ERR_NO_MEMORY (neither place has room), ERR_HOST, ERR_HARDWARE.
 */
err_t page_state_storage_reserve(const struct boot_layout *layout, struct memory_map *map, u64 keep,
				 struct page_state_storage *storage);
