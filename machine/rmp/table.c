/* SPDX-License-Identifier: MIT */
#include "rmp/table.h"

#include "base/align.h"
#include "mm/own_memory.h"
#include "rmp/rmp_setup.h"

#define PAGES_PER_LARGE 512U

struct rmp_table rmp_table;
static struct lock table_lock;

static struct rmp_entry *entries_make(u64 bytes)
{
	u64 pages = (bytes / PAGE_SIZE * sizeof(struct rmp_entry) + PAGE_SIZE - 1) / PAGE_SIZE;
	return memory_own_pages(pages);
}

enum err rmp_setup(void)
{
	u32 count;
	const struct memory_range *ranges = memory_ranges(&count);
	for (u32 i = 0; i < count; i++) {
		u64 end = ranges[i].start + ranges[i].size;
		u64 *which = ranges[i].start >= RMP_HIGH_START ? &rmp_table.high_end : &rmp_table.low_end;
		*which = end;
	}
	struct rmp_table *table = &rmp_table;
	table->low = entries_make(table->low_end);
	table->window = entries_make(MEMORY_WINDOW_SIZE);
	table->high = table->high_end == 0 ? table->low : entries_make(table->high_end - RMP_HIGH_START);
	return table->low == NULL || table->window == NULL || table->high == NULL ? ERR_NO_MEMORY : ERR_OK;
}

struct rmp_entry *rmp_entry_at(gpa_t page)
{
	return (struct rmp_entry *)(uintptr_t)rmp_find(page);
}

void rmp_lock(void)
{
	lock_take(&table_lock);
}

void rmp_unlock(void)
{
	lock_release(&table_lock);
}

u32 rmp_page_count(enum page_size size)
{
	return size == PAGE_2M ? PAGES_PER_LARGE : 1;
}

void rmp_smash(gpa_t page)
{
	struct rmp_entry *entries = rmp_entry_at(gpa(align_down(page.raw, LARGE_PAGE_SIZE)));
	for (u32 i = 0; i < PAGES_PER_LARGE; i++) {
		entries[i].large = 0;
	}
}
