/* SPDX-License-Identifier: MIT */
/* Windows: each slot has an address of its own, and nothing is there while it is closed. */
#define _GNU_SOURCE
#include <sys/mman.h>

#include "base/align.h"
#include "base/range.h"
#include "platform/fake/model.h"

struct window {
	u8 *address;
	u64 page;
	enum page_size size;
	bool open;
};
static _Thread_local struct window windows[WINDOW_SLOT_COUNT];

static u8 *reserve_slot(void)
{
	u8 *area = mmap(NULL, 2UL * LARGE_PAGE_SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (area == MAP_FAILED) {
		fake_fault("no address space for a window", 0);
	}
	return area + (LARGE_PAGE_SIZE - (uintptr_t)area % LARGE_PAGE_SIZE) % LARGE_PAGE_SIZE;
}

void window_reset(void)
{
	for (size_t i = 0; i < WINDOW_SLOT_COUNT; i++) {
		u8 *address = windows[i].address != NULL ? windows[i].address : reserve_slot();
		if (windows[i].open) {
			memory_unmap_window(address);
		}
		windows[i] = (struct window){.address = address};
	}
}

/*
 * A page that cannot be touched may be mapped: a TARGET window can be handed to PVALIDATE, and with the others the host may have
 * taken the page away. An access that is not one of platform.h is then a crash.
 */
static void *open_window(enum window_slot slot, gpa_t page, enum page_size size, enum window_view view)
{
	struct window *window = &windows[slot];
	const struct fake_entry *entry = memory_effective_entry(page.raw);
	bool usable = view == WINDOW_PRIVATE ? entry->assigned && entry->validated : !entry->assigned;
	if (window->open) {
		fake_fault("a window is opened twice", page.raw);
	}
	if (!is_aligned(page.raw, page_bytes(size)) || (size == PAGE_2M && slot != WINDOW_SLOT_TARGET)) {
		fake_fault("a window is misaligned or too large", page.raw);
	}
	if (window->address == NULL) {
		window->address = reserve_slot(); /* a CPU that is new here */
	}
	memory_map_window(window->address, page.raw, size, usable);
	window->page = page.raw;
	window->size = size;
	window->open = true;
	return window->address;
}

void *platform_window_open(enum window_slot slot, gpa_t page, enum page_size size, enum window_view view)
{
	model_lock();
	void *address = open_window(slot, page, size, view);
	fake.counters.windows++;
	model_unlock();
	return address;
}

void platform_window_close(enum window_slot slot)
{
	if (!windows[slot].open) {
		fake_fault("a window is closed twice", windows[slot].page);
	}
	memory_unmap_window(windows[slot].address);
	windows[slot].open = false;
}

u64 window_page(const void *address, enum page_size size)
{
	for (size_t i = 0; i < WINDOW_SLOT_COUNT; i++) {
		if (windows[i].open && windows[i].address == address && windows[i].size >= size) {
			return windows[i].page;
		}
	}
	fake_fault("an instruction is given no window of that size", (uintptr_t)address);
}

u64 window_page_at(const void *address, u64 bytes)
{
	for (size_t i = 0; i < WINDOW_SLOT_COUNT; i++) {
		u64 offset = (u64)((uintptr_t)address - (uintptr_t)windows[i].address);
		if (windows[i].open && range_within(offset, bytes, 0, page_bytes(windows[i].size))) {
			return align_down(windows[i].page + offset, PAGE_SIZE);
		}
	}
	fake_fault("an access to no window", (uintptr_t)address);
}

void window_protect(const void *address, bool accessible)
{
	for (size_t i = 0; i < WINDOW_SLOT_COUNT; i++) {
		if (windows[i].open && windows[i].address == address) {
			memory_map_window(windows[i].address, windows[i].page, windows[i].size, accessible);
		}
	}
}

u32 fake_open_windows(void)
{
	u32 mask = 0;
	for (u32 i = 0; i < WINDOW_SLOT_COUNT; i++) {
		mask |= windows[i].open ? 1U << i : 0U;
	}
	return mask;
}
