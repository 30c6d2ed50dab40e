/* SPDX-License-Identifier: MIT */
#include "libigvm/handles.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define CAPACITY_MINIMUM 16U

int32_t handle_new(void)
{
	static atomic_uint last;
	uint32_t number;
	do {
		number = (atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1) & INT32_MAX;
	} while (number == 0);
	return (int32_t)number;
}

/* Handles count up, so their low bits spread them well. */
static size_t home_of(const struct handle_map *map, int32_t handle)
{
	return (size_t)handle & (map->capacity - 1);
}

static size_t slot_of(const struct handle_map *map, int32_t handle)
{
	size_t at = home_of(map, handle);
	while (map->entries[at].handle != 0 && map->entries[at].handle != handle) {
		at = (at + 1) & (map->capacity - 1);
	}
	return at;
}

static bool resize(struct handle_map *map, size_t capacity)
{
	struct handle_map new = {
		.entries = calloc(capacity, sizeof(*map->entries)),
		.capacity = capacity,
		.count = map->count,
	};
	if (new.entries == NULL) {
		return false;
	}
	for (size_t i = 0; i < map->capacity; i++) {
		if (map->entries[i].handle != 0) {
			new.entries[slot_of(&new, map->entries[i].handle)] = map->entries[i];
		}
	}
	free(map->entries);
	*map = new;
	return true;
}

bool handle_put(struct handle_map *map, struct handle_entry entry)
{
	size_t wanted = map->capacity < CAPACITY_MINIMUM ? CAPACITY_MINIMUM : map->capacity * 2;
	if (map->count * 2 >= map->capacity && !resize(map, wanted)) {
		return false;
	}
	map->entries[slot_of(map, entry.handle)] = entry;
	map->count++;
	return true;
}

const struct handle_entry *handle_find(const struct handle_map *map, int32_t handle)
{
	if (map->count == 0 || handle <= 0) {
		return NULL;
	}
	const struct handle_entry *entry = &map->entries[slot_of(map, handle)];
	return entry->handle == handle ? entry : NULL;
}

/* Moves up what had to make way for the entry that is gone. */
static void close_gap(struct handle_map *map, size_t gap)
{
	size_t mask = map->capacity - 1;
	for (size_t at = (gap + 1) & mask; map->entries[at].handle != 0; at = (at + 1) & mask) {
		size_t home = home_of(map, map->entries[at].handle);
		if (((at - home) & mask) >= ((at - gap) & mask)) {
			map->entries[gap] = map->entries[at];
			gap = at;
		}
	}
	map->entries[gap] = (struct handle_entry){0};
}

void handle_remove(struct handle_map *map, int32_t handle)
{
	if (handle_find(map, handle) == NULL) {
		return;
	}
	close_gap(map, slot_of(map, handle));
	map->count--;
	if (map->capacity > CAPACITY_MINIMUM && map->count * 8 < map->capacity) {
		(void)resize(map, map->capacity / 2); /* without memory it stays as large as it is */
	}
}

void handle_free_all(struct handle_map *map)
{
	free(map->entries);
	memset(map, 0, sizeof(*map));
}
