/* SPDX-License-Identifier: MIT */
#include "mm/memory.h"

#include "base/mem.h"
#include "base/range.h"
#include "boot/boot.h"
#include "mm/memory_setup.h"
#include "mm/own_memory.h"
#include "mm/own_tables.h"
#include "x86/control.h"
#include "x86/lock.h"

#define FOUR_GIB (1ULL << 32)

static struct {
	struct memory_plan plan;
	struct memory_range ranges[3];
	u32 range_count;
	u32 cbit;
} memory;

struct memory_backing memory_backing;
_Static_assert(MEMORY_HOLE_END == MEMORY_ROM_START, "option ROMs follow video memory");

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
	memory_backing.rom = memory_backing.window - MEMORY_ROM_SIZE;
	u64 free = plan->own_start + own_tables_end((u64)(image_end - image_start));
	own_memory_setup(plan->own_start, free, memory_backing.rom);
	range_add(0, MEMORY_HOLE_START);
	range_add(MEMORY_HOLE_END, plan->low_end);
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

volatile void *memory_device(gpa_t start, u64 size)
{
	const struct memory_plan *plan = &memory.plan;
	if (start.raw >= DIRECT_SIZE || size > sizeof(u64) || (start.raw & (PAGE_SIZE - 1)) + size > PAGE_SIZE) {
		return NULL;
	}
	bool low = start.raw < MEMORY_HOLE_START || (start.raw >= MEMORY_HOLE_END && start.raw < plan->own_end);
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

enum err memory_cbit_choose(u32 cbit)
{
	u32 highest = own_tables_have_5_levels() ? 51 : 47;
	u32 physical_bits = cpuid_read(0x80000008U, 0).eax & 0xFF;
	if (physical_bits - 1 < highest) {
		highest = physical_bits - 1;
	}
	memory.cbit = cbit == 0 ? highest : cbit;
	return memory.cbit < 39 || memory.cbit > highest ? ERR_UNSUPPORTED : ERR_OK;
}

u32 memory_cbit(void)
{
	return memory.cbit;
}

u64 memory_cbit_mask(void)
{
	return 1ULL << memory.cbit;
}
