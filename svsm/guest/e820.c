/* SPDX-License-Identifier: MIT */
#include "base/range.h"
#include "guest/linux.h"

#define LEGACY_START 0xA0000ULL
#define LEGACY_SIZE 0x60000ULL
#define E820_NONE 0U

struct source {
	const struct boot_guest *guest;
	const struct memory_map *map;
};

/* The type at an address, and in *end the next address at which it may change. */
static void clip(u64 at, u64 start, u64 size, u64 *end)
{
	if (at < start && start < *end) {
		*end = start;
	}
	if (at >= start && at - start < size && start + size < *end) {
		*end = start + size;
	}
}

static bool inside(u64 at, u64 start, u64 size)
{
	return range_within(at, 1, start, size);
}

static u32 type_in_map(const struct source *source, u64 at, u64 *end)
{
	u32 type = E820_NONE;
	u32 index = 0;
	struct memory_range range;
	while (memory_map_next(source->map, MEMORY_RAM, &index, &range)) {
		clip(at, range.start, range.size, end);
		type = inside(at, range.start, range.size) ? E820_RAM : type;
	}
	clip(at, LEGACY_START, LEGACY_SIZE, end);
	return inside(at, LEGACY_START, LEGACY_SIZE) ? E820_RESERVED : type;
}

static u32 type_at(const struct source *source, u64 at, u64 *end)
{
	u32 type = type_in_map(source, at, end);
	for (u32 i = 0; i < source->guest->range_count; i++) {
		const struct boot_range *range = &source->guest->ranges[i];
		clip(at, range->gpa, range->size, end);
		type = inside(at, range->gpa, range->size) ? range->e820 : type;
	}
	return type;
}

static void entry_add(struct e820_entry *entries, u32 *count, struct e820_entry entry)
{
	struct e820_entry *last = *count > 0 && *count <= E820_MAX_ENTRIES ? &entries[*count - 1] : NULL;
	if (entry.type == E820_NONE) {
		return;
	}
	if (last != NULL && last->type == entry.type && last->start + last->size == entry.start) {
		last->size += entry.size;
		return;
	}
	if (*count < E820_MAX_ENTRIES) {
		entries[*count] = entry;
	}
	*count = *count <= E820_MAX_ENTRIES ? *count + 1 : *count;
}

u32 e820_build(const struct boot_guest *guest, const struct memory_map *map, struct e820_entry *entries)
{
	struct source source = {.guest = guest, .map = map};
	u32 count = 0;
	for (u64 at = 0; at < MEMORY_MAP_LIMIT;) {
		u64 end = MEMORY_MAP_LIMIT;
		u32 type = type_at(&source, at, &end);
		entry_add(entries, &count, (struct e820_entry){.start = at, .size = end - at, .type = type});
		at = end;
	}
	return count;
}
