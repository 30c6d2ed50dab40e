/* SPDX-License-Identifier: MIT */
#include "mm/memory.h"

#include "base/align.h"
#include "base/mem.h"
#include "base/range.h"
#include "boot/boot.h"
#include "mm/memory_setup.h"
#include "mm/own_tables.h"
#include "rmp/rmp.h"
#include "x86/lock.h"

#define FOUR_GIB (1ULL << 32)

static struct {
	struct memory_plan plan;
	struct memory_range ranges[3];
	u32 range_count;
	u64 next; /* own pages: next free one */
	u64 end;
	struct lock lock;
} memory;

struct memory_backing memory_backing;
_Static_assert(RMP_HOLE_END == MEMORY_ROM_START, "option ROMs follow video memory");

static void range_add(u64 start, u64 end)
{
	if (start < end) {
		memory.ranges[memory.range_count++] = (struct memory_range){start, end - start};
	}
}

void memory_setup(const struct memory_plan *plan)
{
	memory.plan = *plan;
	memory_backing.window = plan->own_end - MEMORY_WINDOW_SIZE;
	memory.next = plan->own_start + own_tables_end((u64)(image_end - image_start));
	memory_backing.rom = memory_backing.window - MEMORY_ROM_SIZE;
	memory.end = memory_backing.rom;
	range_add(0, RMP_HOLE_START);
	range_add(RMP_HOLE_END, plan->low_end);
	range_add(FOUR_GIB, plan->high_end);
	memset(own_pointer(memory_backing.rom), 0, MEMORY_ROM_SIZE + MEMORY_WINDOW_SIZE);
}

const struct memory_range *memory_ranges(u32 *count)
{
	*count = memory.range_count;
	return memory.ranges;
}

bool memory_is_ram(gpa_t start, u64 size)
{
	if (range_within(start.raw, size, MEMORY_WINDOW_START, MEMORY_WINDOW_SIZE)) {
		return true;
	}
	for (u32 i = 0; i < memory.range_count; i++) {
		if (range_within(start.raw, size, memory.ranges[i].start, memory.ranges[i].size)) {
			return true;
		}
	}
	return false;
}

void *memory_page(gpa_t page)
{
	return rmp_find(page) == NULL ? NULL : own_pointer(memory_physical(gpa_page(page)));
}

enum err memory_shared_page(gpa_t page, u8 **pointer)
{
	const struct rmp_entry *entry = rmp_find(page);
	if (entry == NULL) {
		return ERR_RANGE;
	}
	if (entry->assigned) {
		return ERR_STATE;
	}
	*pointer = own_pointer(memory_physical(gpa_page(page)));
	return ERR_OK;
}

/* All pages of [start, start + n) are RAM and shared. */
static enum err shared_check(gpa_t start, size_t n)
{
	u64 end;
	u8 *pointer;
	enum err error = ckd_add(&end, start.raw, n) ? ERR_RANGE : ERR_OK;
	for (u64 page = align_down(start.raw, PAGE_SIZE); error == ERR_OK && page < end; page += PAGE_SIZE) {
		error = memory_shared_page(gpa(page), &pointer);
	}
	return error;
}

/* The bytes at address that lie in one page, at most n. */
static size_t chunk_size(u64 address, size_t n)
{
	u64 left = PAGE_SIZE - (address & (PAGE_SIZE - 1));
	return n < left ? n : (size_t)left;
}

enum err memory_read_shared(gpa_t from, void *to, size_t n)
{
	enum err error = shared_check(from, n);
	u8 *bytes = to;
	while (error == ERR_OK && n > 0) {
		size_t chunk = chunk_size(from.raw, n);
		memcpy(bytes, own_pointer(memory_physical(from)), chunk);
		from.raw += chunk;
		bytes += chunk;
		n -= chunk;
	}
	return error;
}

enum err memory_write_shared(gpa_t to, const void *from, size_t n)
{
	enum err error = shared_check(to, n);
	const u8 *bytes = from;
	while (error == ERR_OK && n > 0) {
		size_t chunk = chunk_size(to.raw, n);
		memcpy(own_pointer(memory_physical(to)), bytes, chunk);
		to.raw += chunk;
		bytes += chunk;
		n -= chunk;
	}
	return error;
}

void *memory_own_pages(u64 pages)
{
	void *result = NULL;
	lock_take(&memory.lock);
	if (pages <= (memory.end - memory.next) / PAGE_SIZE) {
		result = own_pointer(memory.next);
		memory.next += pages * PAGE_SIZE;
	}
	lock_release(&memory.lock);
	if (result != NULL) {
		memset(result, 0, pages * PAGE_SIZE);
	}
	return result;
}

u64 memory_own_left(void)
{
	return memory.end - memory.next;
}

u64 memory_own_physical(const void *p)
{
	u64 address = (u64)p;
	return address >= IMAGE_VIRTUAL ? address - IMAGE_VIRTUAL + memory.plan.own_start : address - DIRECT_VIRTUAL;
}

volatile void *memory_device(gpa_t start, u64 size)
{
	const struct memory_plan *plan = &memory.plan;
	if (start.raw >= DIRECT_SIZE || size > sizeof(u64) || (start.raw & (PAGE_SIZE - 1)) + size > PAGE_SIZE) {
		return NULL;
	}
	bool low = start.raw < RMP_HOLE_START || (start.raw >= RMP_HOLE_END && start.raw < plan->own_end);
	bool high = start.raw >= FOUR_GIB && start.raw < plan->high_end;
	if (low || high || start.raw - MEMORY_WINDOW_START < MEMORY_WINDOW_SIZE || !own_tables_extend(start.raw)) {
		return NULL;
	}
	return own_pointer(start.raw);
}

static struct lock device_lock;

void memory_device_lock(void)
{
	lock_take(&device_lock);
}

void memory_device_unlock(void)
{
	lock_release(&device_lock);
}
