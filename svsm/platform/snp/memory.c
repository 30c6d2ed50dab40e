/* SPDX-License-Identifier: MIT */
/* Windows into guest memory, and what PVALIDATE and RMPADJUST do through them. */
#include <copra/sev.h>

#include "base/align.h"
#include "cpu/instructions.h"
#include "mm/own_map.h"
#include "platform/check.h"
#include "platform/snp/instructions.h"
#include "platform/snp/window_access.h"
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

struct validate_result platform_validate(void *window, enum page_size size, bool validate)
{
	struct validate_result result = {0};
	u32 rmp_size = size == PAGE_2M ? RMP_PAGE_SIZE_2M : RMP_PAGE_SIZE_4K;
	bool unchanged = false;
	result.code = window_validate(window, rmp_size, validate ? 1 : 0, &unchanged);
	result.unchanged = result.code == RMP_SUCCESS && unchanged;
	return result;
}

u32 platform_permit(void *window, enum page_size size, u32 vmpl, u32 permissions, bool vmsa)
{
	u64 attributes = vmpl | (u64)permissions << RMPADJUST_PERM_SHIFT | (vmsa ? RMPADJUST_VMSA : 0);
	return window_permit(window, size == PAGE_2M ? RMP_PAGE_SIZE_2M : RMP_PAGE_SIZE_4K, attributes);
}

enum err platform_clear(void *window, enum page_size size)
{
	return platform_code_error(window_clear(window, page_bytes(size)));
}

enum err platform_window_read(void *to, const void *window, size_t n)
{
	return platform_code_error(window_read(to, window, n));
}

enum err platform_window_write(void *window, const void *from, size_t n)
{
	return platform_code_error(window_write(window, from, n));
}

enum err platform_window_and(u64 *word, u64 mask)
{
	return platform_code_error(window_and(word, mask));
}

enum err platform_window_or(u64 *word, u64 mask)
{
	return platform_code_error(window_or(word, mask));
}

void platform_flush_guest(void)
{
	invlpgb_all();
	tlbsync();
}
