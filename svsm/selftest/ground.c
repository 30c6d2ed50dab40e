/* SPDX-License-Identifier: MIT */
#include "selftest/ground.h"

#include "base/align.h"
#include "base/range.h"
#include "guest/page_state.h"
#include "guest/page_state_storage.h"
#include "mm/own_map.h"
#include "platform/native/ledger.h"
#include "selftest/tap.h"

/* What the ledger has entries for. */
static err_t map_clip(const struct memory_map *all, struct memory_map *map)
{
	struct memory_range range;
	u32 index = 0;
	map->count = 0;
	while (memory_map_next(all, MEMORY_RAM, &index, &range)) {
		if (range.start >= LEDGER_GUEST_LIMIT) {
			break;
		}
		u64 room = LEDGER_GUEST_LIMIT - range.start;
		range.size = range.size < room ? range.size : room;
		map->ranges[map->count++] = range;
	}
	return map->count > 0 ? ERR_OK : ERR_NOT_FOUND;
}

static bool ground_find(const struct memory_map *map, struct selftest_ground *ground)
{
	struct memory_range range;
	u32 index = 0;
	while (memory_map_next(map, MEMORY_RAM, &index, &range)) {
		u64 start = 0;
		u64 least =
			range.start < LARGE_PAGE_SIZE ? LARGE_PAGE_SIZE : range.start; /* not where a PC has holes */
		if (align_up(least, LARGE_PAGE_SIZE, &start) &&
		    range_within(start, SELFTEST_GROUND_SIZE, range.start, range.size)) {
			ground->start = gpa(start);
			return true;
		}
	}
	return false;
}

static bool table_prepare(const struct boot_layout *layout, struct memory_map *map)
{
	struct page_state_storage storage;
	enum err error = page_state_storage_reserve(layout, map, 0, &storage);
	if (error == ERR_OK) {
		error = page_states_init(map, storage.start, storage.bytes);
	}
	tap_check(error == ERR_OK, "the page-state table has room");
	return error == ERR_OK;
}

bool ground_prepare(const struct boot_layout *layout, struct selftest_ground *ground)
{
	static struct memory_map all;
	static struct memory_map map;
	struct span bytes = span_of(own_address(gpa(layout->memory_map)), (size_t)layout->memory_map_bytes);
	u32 cpus = *(const volatile u32 *)own_address(gpa(layout->host_info));
	struct memory_map_error why = {0};
	enum err error = memory_map_parse(bytes, &all, &why);
	tap_check(error == ERR_OK, "the host's memory map is well formed");
	if (error != ERR_OK) {
		tap_note("entry %u: %s", why.entry, why.what);
		return false;
	}
	tap_note("%llu MiB of RAM, %u CPUs", (unsigned long long)(memory_map_bytes(&all, MEMORY_RAM) >> 20), cpus);
	tap_check(cpus > 0, "the host says how many CPUs there are");
	tap_check(map_clip(&all, &map) == ERR_OK && ground_find(&map, ground), "there is memory to try things on");
	tap_check(memory_map_reserve(&map, layout->base, layout->size) == ERR_OK,
		  "the SVSM's memory is kept out of it");
	ground->own = gpa(layout->base);
	return ground->start.raw != 0 && table_prepare(layout, &map);
}
