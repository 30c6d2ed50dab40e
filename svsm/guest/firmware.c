/* SPDX-License-Identifier: MIT */
#include "guest/firmware.h"

#include <copra/igvm_defs.h>

#include "guest/memory.h"

/* Video memory and option ROMs; firmware knows of it, and wants low memory in one piece (as a PC's fw_cfg has it). */
#define LEGACY_START 0xA0000ULL
#define LEGACY_END 0x100000ULL

/* The next piece of RAM, with the legacy area counted as RAM where it lies between two pieces. */
static bool ram_next(const struct memory_map *map, u32 *index, struct memory_range *piece)
{
	struct memory_range next;
	if (!memory_map_next(map, MEMORY_RAM, index, piece)) {
		return false;
	}
	u64 end = piece->start + piece->size;
	u32 ahead = *index;
	if (end >= LEGACY_START && end < LEGACY_END && memory_map_next(map, MEMORY_RAM, &ahead, &next) &&
	    next.start <= LEGACY_END) {
		piece->size = next.start + next.size - piece->start;
		*index = ahead;
	}
	return true;
}

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
		more = ram_next(map, &index, &range);
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
