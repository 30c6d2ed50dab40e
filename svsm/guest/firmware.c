/* SPDX-License-Identifier: MIT */
#include "guest/firmware.h"

#include <copra/igvm_defs.h>

#include "guest/memory.h"

/* RAM only: what the firmware is not told of it does not touch. Ended by an entry of no pages. */
static err_t map_write(const struct boot_guest *guest, const struct memory_map *map)
{
	u32 index = 0;
	u32 written = 0;
	u32 room = guest->memory_map_bytes / (u32)sizeof(struct igvm_memory_map_entry);
	struct memory_range range;
	enum err error = ERR_OK;
	bool more = true;
	while (more && error == ERR_OK) {
		struct igvm_memory_map_entry entry = {0};
		more = memory_map_next(map, MEMORY_RAM, &index, &range);
		if (more) {
			entry.starting_gpa_page_number = range.start / PAGE_SIZE;
			entry.number_of_pages = range.size / PAGE_SIZE;
			entry.entry_type = IGVM_MEMORY_RAM;
		}
		if (written == room) {
			return ERR_NO_MEMORY;
		}
		error = guest_write(gpa(guest->memory_map + (u64)written * sizeof(entry)), &entry, sizeof(entry));
		written++;
	}
	return error;
}

err_t firmware_prepare(const struct boot_guest *guest, const struct memory_map *map, u32 vcpu_count)
{
	enum err error = ERR_OK;
	if (guest->memory_map != 0) {
		error = map_write(guest, map);
	}
	if (error == ERR_OK && guest->vp_count != 0) {
		error = guest_write(gpa(guest->vp_count), &vcpu_count, sizeof(vcpu_count));
	}
	return error;
}
