/* SPDX-License-Identifier: MIT */
#include "guest/page_state_storage.h"

#include <copra/sev.h>

#include "base/align.h"
#include "guest/page_state.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/platform.h"

/* What the heap keeps for all else: the first VMSA and scratch pages. The other CPUs have theirs already. */
#define HEAP_RESERVE (128ULL << 10)

static err_t reserve_on_heap(u64 bytes, u64 keep, struct page_state_storage *storage)
{
	u64 rounded;
	if (!align_up(bytes, PAGE_SIZE, &rounded) || rounded > frames_free_bytes() ||
	    frames_free_bytes() - rounded < HEAP_RESERVE + keep) {
		return ERR_NO_MEMORY;
	}
	storage->bytes = rounded;
	return frames_take((u32)(rounded / PAGE_SIZE), &storage->start);
}

/* "No change" means that the page there has been validated before, for whatever it was then. */
static u32 page_validate(u8 *page, enum page_size size)
{
	struct validate_result result = platform_validate(page, size, true);
	return result.unchanged ? RMP_FAIL_INPUT : result.code;
}

/* Hosts need not have 2 MiB pages: then it is done in its parts, which the same mapping shows. */
static err_t block_validate(u8 *block)
{
	u32 code = page_validate(block, PAGE_2M);
	if (code == RMP_FAIL_SIZE_MISMATCH) {
		code = RMP_SUCCESS;
		for (u64 i = 0; code == RMP_SUCCESS && i < LARGE_PAGE_SIZE / PAGE_SIZE; i++) {
			code = page_validate(block + i * PAGE_SIZE, PAGE_4K);
		}
	}
	return code == RMP_SUCCESS ? platform_clear(block, PAGE_2M) : ERR_HARDWARE;
}

/* Blocks of the SVSM's own from now on: the guest's VMPL has no rights, as every page has none until it is granted. */
static err_t blocks_validate(u8 *start, u64 blocks)
{
	enum err error = ERR_OK;
	for (u64 i = 0; error == ERR_OK && i < blocks; i++) {
		error = block_validate(start + i * LARGE_PAGE_SIZE);
	}
	return error;
}

/* The host's map may put the top of RAM where the image has a range: what was loaded there is the guest's, and validated. */
static void image_ranges(const struct boot_guest *guest, struct memory_map *ranges)
{
	_Static_assert(BOOT_MAX_RANGES <= MEMORY_MAP_MAX_RANGES, "the image's ranges fit into a map");
	for (ranges->count = 0; ranges->count < guest->range_count; ranges->count++) {
		const struct boot_range *range = &guest->ranges[ranges->count];
		ranges->ranges[ranges->count] = (struct memory_range){range->gpa, range->size, MEMORY_FIRMWARE};
	}
}

static err_t reserve_in_ram(const struct boot_layout *layout, struct memory_map *map,
			    struct page_state_storage *storage)
{
	static struct memory_map image;
	u64 bytes;
	gpa_t start = {0};
	if (!align_up(page_states_bytes(map), LARGE_PAGE_SIZE, &bytes)) {
		return ERR_NO_MEMORY;
	}
	u64 blocks = bytes / LARGE_PAGE_SIZE;
	if (layout->max_vcpus >= OWN_MAP_LARGE_WINDOWS || blocks > OWN_MAP_LARGE_WINDOWS - layout->max_vcpus) {
		return ERR_NO_MEMORY;
	}
	image_ranges(&layout->guest, &image);
	enum err error = memory_map_carve(map, &image, bytes, LARGE_PAGE_SIZE, &start);
	if (error == ERR_OK) {
		error = platform_page_state(start, bytes / PAGE_SIZE, WINDOW_PRIVATE);
	}
	if (error != ERR_OK) {
		return error;
	}
	storage->bytes = bytes;
	storage->start = own_map_large(layout->max_vcpus, start, (u32)blocks);
	return blocks_validate(storage->start, blocks);
}

err_t page_state_storage_reserve(const struct boot_layout *layout, struct memory_map *map, u64 keep,
				 struct page_state_storage *storage)
{
	enum err error = reserve_on_heap(page_states_bytes(map), keep, storage);
	return error == ERR_NO_MEMORY ? reserve_in_ram(layout, map, storage) : error;
}
