/* SPDX-License-Identifier: MIT */
#include "guest/memory_map.h"

#include <copra/igvm_defs.h>

#include "base/align.h"
#include "base/range.h"

static u64 range_end(const struct memory_range *range)
{
	return range->start + range->size;
}

static void map_delete(struct memory_map *map, u32 index)
{
	map->count--;
	for (u32 i = index; i < map->count; i++) {
		map->ranges[i] = map->ranges[i + 1];
	}
}

static void map_insert(struct memory_map *map, u32 index, struct memory_range range)
{
	for (u32 i = map->count; i > index; i--) {
		map->ranges[i] = map->ranges[i - 1];
	}
	map->ranges[index] = range;
	map->count++;
}

/* Takes [start, end) out of range `index`; true when that range is still there. */
static bool map_cut(struct memory_map *map, u32 index, u64 start, u64 end)
{
	struct memory_range *range = &map->ranges[index];
	struct memory_range after = {.start = end, .size = range_end(range) - end, .kind = range->kind};
	bool keeps_after = range_end(range) > end;
	if (range->start >= start) {
		if (keeps_after) {
			*range = after;
			return true;
		}
		map_delete(map, index);
		return false;
	}
	range->size = start - range->start;
	if (keeps_after) {
		map_insert(map, index + 1, after);
	}
	return true;
}

static void map_merge(struct memory_map *map)
{
	u32 i = 1;
	while (i < map->count) {
		struct memory_range *before = &map->ranges[i - 1];
		if (before->kind == map->ranges[i].kind && range_end(before) == map->ranges[i].start) {
			before->size += map->ranges[i].size;
			map_delete(map, i);
		} else {
			i++;
		}
	}
}

/* Makes [start, start + size) of that kind, whatever it was. Adds two ranges at the most. */
static enum err map_paint(struct memory_map *map, u64 start, u64 size, enum memory_kind kind)
{
	if (map->count + 2 > MEMORY_MAP_MAX_RANGES) {
		return ERR_NO_MEMORY;
	}
	u32 i = 0;
	while (i < map->count) {
		if (!range_overlaps(map->ranges[i].start, map->ranges[i].size, start, size) ||
		    map_cut(map, i, start, start + size)) {
			i++;
		}
	}
	for (i = 0; i < map->count && map->ranges[i].start < start; i++) {
	}
	map_insert(map, i, (struct memory_range){.start = start, .size = size, .kind = kind});
	map_merge(map);
	return ERR_OK;
}

static enum err check_range(u64 start, u64 size)
{
	if (size == 0 || !is_aligned(start | size, PAGE_SIZE)) {
		return ERR_INPUT;
	}
	return range_within(start, size, 0, MEMORY_MAP_LIMIT) ? ERR_OK : ERR_RANGE;
}

static enum err refuse(struct memory_map_error *error, u32 entry, enum err why, const char *what)
{
	if (error != NULL) {
		*error = (struct memory_map_error){.what = what, .entry = entry};
	}
	return why;
}

/* igvm_defs crate, IGVM_VHS_MEMORY_MAP_ENTRY: page number, pages, type, flags, reserved */
static enum err take_entry(struct span *bytes, struct igvm_memory_map_entry *entry)
{
	if (bytes->n < sizeof(*entry)) {
		return ERR_TRUNCATED;
	}
	enum err error = span_take_u64(bytes, &entry->starting_gpa_page_number);
	error = error == ERR_OK ? span_take_u64(bytes, &entry->number_of_pages) : error;
	error = error == ERR_OK ? span_take_u16(bytes, &entry->entry_type) : error;
	error = error == ERR_OK ? span_take_u16(bytes, &entry->flags) : error;
	return error == ERR_OK ? span_take_u32(bytes, &entry->reserved) : error;
}

/* RAM that carries a flag (such as "shared") is not memory that the guest could have. */
static enum err add_entry(struct memory_map *map, const struct igvm_memory_map_entry *entry)
{
	u64 start = entry->starting_gpa_page_number << PAGE_SHIFT;
	u64 size = entry->number_of_pages << PAGE_SHIFT;
	if (entry->entry_type != IGVM_MEMORY_RAM || entry->flags != 0) {
		return ERR_OK;
	}
	struct memory_range *last = map->count > 0 ? &map->ranges[map->count - 1] : NULL;
	if (last != NULL && range_end(last) == start) {
		last->size += size;
		return ERR_OK;
	}
	if (map->count == MEMORY_MAP_MAX_RANGES) {
		return ERR_NO_MEMORY;
	}
	map->ranges[map->count++] = (struct memory_range){.start = start, .size = size, .kind = MEMORY_RAM};
	return ERR_OK;
}

enum err memory_map_parse(struct span bytes, struct memory_map *out, struct memory_map_error *error)
{
	const u64 limit = MEMORY_MAP_LIMIT >> PAGE_SHIFT;
	struct memory_map map = {.count = 0};
	u64 next_page = 0;
	u32 i = 0;
	for (; bytes.n > 0; i++) {
		struct igvm_memory_map_entry entry;
		u64 end;
		if (take_entry(&bytes, &entry) != ERR_OK) {
			return refuse(error, i, ERR_TRUNCATED, "the map ends in the middle of an entry");
		}
		if (entry.number_of_pages == 0) {
			break;
		}
		if (ckd_add(&end, entry.starting_gpa_page_number, entry.number_of_pages)) {
			return refuse(error, i, ERR_RANGE, "the entry wraps around");
		}
		if (end > limit) {
			return refuse(error, i, ERR_RANGE, "the entry lies above the address limit");
		}
		if (entry.starting_gpa_page_number < next_page) {
			return refuse(error, i, ERR_INPUT, "the entry overlaps the one before or is out of order");
		}
		if (add_entry(&map, &entry) != ERR_OK) {
			return refuse(error, i, ERR_NO_MEMORY, "too many separate ranges of RAM");
		}
		next_page = end;
	}
	if (map.count == 0) {
		return refuse(error, i, ERR_NOT_FOUND, "the map names no RAM");
	}
	*out = map;
	return ERR_OK;
}

enum err memory_map_check_limit(const struct memory_map *map, u64 limit)
{
	return map->count == 0 || range_end(&map->ranges[map->count - 1]) <= limit ? ERR_OK : ERR_RANGE;
}

enum err memory_map_reserve(struct memory_map *map, u64 start, u64 size)
{
	enum err error = check_range(start, size);
	return error == ERR_OK ? map_paint(map, start, size, MEMORY_SVSM) : error;
}

/* The first range that ends above the address, NULL when there is none. */
static const struct memory_range *map_find(const struct memory_map *map, u64 address)
{
	for (u32 i = 0; i < map->count; i++) {
		if (range_end(&map->ranges[i]) > address) {
			return &map->ranges[i];
		}
	}
	return NULL;
}

enum err memory_map_include(struct memory_map *map, u64 start, u64 size)
{
	enum err error = check_range(start, size);
	u64 end = error == ERR_OK ? start + size : start;
	while (error == ERR_OK && start < end) {
		const struct memory_range *range = map_find(map, start);
		u64 stop = range == NULL || range->start >= end ? end : range->start;
		if (range != NULL && range->start <= start) {
			stop = range_end(range) < end ? range_end(range) : end;
			error = range->kind == MEMORY_SVSM ? ERR_STATE : ERR_OK;
		} else {
			error = map_paint(map, start, stop - start, MEMORY_FIRMWARE);
		}
		start = stop;
	}
	return error;
}

/* The highest aligned address in the range at which `size` bytes overlap nothing of `kept` (NULL: nothing); false for none. */
static bool range_find_room(const struct memory_range *range, const struct memory_map *kept, u64 size, u64 alignment,
			    u64 *address)
{
	u64 end = range_end(range);
	while (end >= size && align_down(end - size, alignment) >= range->start) {
		const u64 at = align_down(end - size, alignment);
		end = at + size;
		for (u32 i = 0; kept != NULL && i < kept->count; i++) {
			const struct memory_range *other = &kept->ranges[i];
			end = range_overlaps(at, size, other->start, other->size) && other->start < end ? other->start
													: end;
		}
		if (end == at + size) {
			*address = at;
			return true;
		}
	}
	return false;
}

enum err memory_map_carve(struct memory_map *map, const struct memory_map *kept, u64 size, u64 alignment, gpa_t *start)
{
	u64 address;
	if (size == 0 || !is_aligned(size, PAGE_SIZE) || alignment < PAGE_SIZE || (alignment & (alignment - 1)) != 0) {
		return ERR_INPUT;
	}
	for (u32 i = map->count; i > 0; i--) {
		const struct memory_range *range = &map->ranges[i - 1];
		if (range->kind == MEMORY_RAM && range_find_room(range, kept, size, alignment, &address)) {
			*start = gpa(address);
			return map_paint(map, address, size, MEMORY_SVSM);
		}
	}
	return ERR_NO_MEMORY;
}

bool memory_map_is_guest(const struct memory_map *map, u64 start, u64 size)
{
	u64 end;
	if (size == 0 || ckd_add(&end, start, size)) {
		return false;
	}
	while (start < end) {
		const struct memory_range *range = map_find(map, start);
		if (range == NULL || range->start > start || range->kind == MEMORY_SVSM) {
			return false;
		}
		start = range_end(range);
	}
	return true;
}

u64 memory_map_bytes(const struct memory_map *map, enum memory_kind kind)
{
	u64 bytes = 0;
	for (u32 i = 0; i < map->count; i++) {
		bytes += map->ranges[i].kind == kind ? map->ranges[i].size : 0;
	}
	return bytes;
}

bool memory_map_next(const struct memory_map *map, enum memory_kind kind, u32 *index, struct memory_range *range)
{
	while (*index < map->count) {
		const struct memory_range *candidate = &map->ranges[(*index)++];
		if (candidate->kind == kind) {
			*range = *candidate;
			return true;
		}
	}
	return false;
}
