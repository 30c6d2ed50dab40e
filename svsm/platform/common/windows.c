/* SPDX-License-Identifier: MIT */
/* Windows into guest memory, where the kernel has page tables of its own (mm/own_map.h). */
#include <copra/sev.h>

#include "base/align.h"
#include "cpu/instructions.h"
#include "mm/own_map.h"
#include "platform/check.h"
#include "x86/page_entry.h"

#define WINDOW_FLAGS \
	(PAGE_ENTRY_PRESENT | PAGE_ENTRY_WRITE | PAGE_ENTRY_ACCESSED | PAGE_ENTRY_DIRTY | PAGE_ENTRY_NO_EXECUTE)

/* What a CPU's slots map at the moment; the target slot has two places, of which one is in use. */
static u64 *slot_entry(enum window_slot slot)
{
	return own_map_window_entry(platform_cpu_index() * WINDOW_SLOT_COUNT + (u32)slot);
}

void *platform_window_open(enum window_slot slot, gpa_t page, enum page_size size, enum window_view view)
{
	u64 *entry = size == PAGE_2M ? own_map_window_large_entry(platform_cpu_index()) : slot_entry(slot);
	u64 flags =
		WINDOW_FLAGS | (view == WINDOW_PRIVATE ? own_map_cbit() : 0) | (size == PAGE_2M ? PAGE_ENTRY_LARGE : 0);
	CHECK(*entry == 0 && is_aligned(page.raw, page_bytes(size)) && (page.raw & ~PAGE_ENTRY_ADDRESS) == 0);
	CHECK(size == PAGE_4K || slot == WINDOW_SLOT_TARGET);
	*(volatile u64 *)entry = page.raw | flags;
	if (size == PAGE_2M) {
		return own_map_window_large(platform_cpu_index());
	}
	return own_map_window(platform_cpu_index() * WINDOW_SLOT_COUNT + (u32)slot);
}

static void window_close(u64 *entry, void *window)
{
	*(volatile u64 *)entry = 0;
	page_invalidate(window);
}

void platform_window_close(enum window_slot slot)
{
	u32 cpu = platform_cpu_index();
	if (slot == WINDOW_SLOT_TARGET && *own_map_window_large_entry(cpu) != 0) {
		window_close(own_map_window_large_entry(cpu), own_map_window_large(cpu));
		return;
	}
	window_close(slot_entry(slot), own_map_window(cpu * WINDOW_SLOT_COUNT + (u32)slot));
}
