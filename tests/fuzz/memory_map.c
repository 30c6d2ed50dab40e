/* SPDX-License-Identifier: MIT */
/* The host's memory map, and what the kernel does with it: whatever comes in, the ranges stay in order and the SVSM's are its own. */
#include <stdlib.h>

#include "base/align.h"
#include "guest/memory_map.h"
#include "guest/page_state.h"

#define OWN_BASE 0xFF000000ULL
#define OWN_SIZE 0x200000ULL
#define FIRMWARE_BASE 0xFFC00000ULL
#define FIRMWARE_SIZE 0x400000ULL
#define MAX_STORAGE (16ULL << 20) /* of a page-state table that is set up for real */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void check_map(const struct memory_map *map)
{
	u64 end = 0;
	expect(map->count > 0 && map->count <= MEMORY_MAP_MAX_RANGES);
	for (u32 i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];
		expect(range->size > 0 && is_aligned(range->start | range->size, PAGE_SIZE));
		expect(range->start >= end && range->size <= MEMORY_MAP_LIMIT - range->start);
		expect(i == 0 || range->start > end || range->kind != map->ranges[i - 1].kind);
		end = range->start + range->size;
	}
}

static void check_states(const struct memory_map *map)
{
	u64 bytes = page_states_bytes(map);
	void *storage = bytes <= MAX_STORAGE ? malloc(bytes) : NULL;
	if (storage == NULL) {
		return;
	}
	expect(page_states_init(map, storage, bytes) == ERR_OK);
	struct page_states_locked states = page_states_lock();
	for (u32 i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];
		enum page_state state = range->kind == MEMORY_SVSM ? PAGE_STATE_SVSM : PAGE_STATE_SHARED;
		expect(page_state_get(states, gpa(range->start)) == state);
		expect(page_state_get(states, gpa(range->start + range->size - 1)) == state);
	}
	expect(page_state_get(states, gpa(OWN_BASE)) == PAGE_STATE_SVSM);
	page_states_unlock(states);
	free(storage);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct memory_map map;
	struct memory_map_error error = {.what = NULL};
	gpa_t start;
	u64 carved = size > 0 ? (u64)data[size - 1] << PAGE_SHIFT : 0;
	if (memory_map_parse(span_of(data, size), &map, &error) != ERR_OK) {
		expect(error.what != NULL);
		return 0;
	}
	check_map(&map);
	u64 ram = memory_map_bytes(&map, MEMORY_RAM);
	if (memory_map_reserve(&map, OWN_BASE, OWN_SIZE) != ERR_OK) {
		return 0;
	}
	check_map(&map);
	expect(!memory_map_is_guest(&map, OWN_BASE, OWN_SIZE));
	expect(ram - memory_map_bytes(&map, MEMORY_RAM) <= OWN_SIZE);
	if (memory_map_include(&map, FIRMWARE_BASE, FIRMWARE_SIZE) == ERR_OK) {
		expect(memory_map_is_guest(&map, FIRMWARE_BASE, FIRMWARE_SIZE));
	}
	check_map(&map);
	if (memory_map_carve(&map, NULL, carved, LARGE_PAGE_SIZE, &start) == ERR_OK) {
		expect(!memory_map_is_guest(&map, start.raw, carved) && is_aligned(start.raw, LARGE_PAGE_SIZE));
	}
	check_map(&map);
	check_states(&map);
	return 0;
}
