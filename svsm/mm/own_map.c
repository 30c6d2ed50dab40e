/* SPDX-License-Identifier: MIT */
#include "mm/own_map.h"

#include "base/range.h"
#include "cpu/instructions.h"
#include "platform/check.h"
#include "x86/page_entry.h"

#define PAGE_TABLE_LEVELS 4U

static struct {
	const struct boot_layout *layout;
	u64 cbit;
	u64 *window_table;
	u64 *window_directory;
} own;

void own_map_init(const struct boot_layout *layout, u64 cbit)
{
	own.layout = layout;
	own.cbit = cbit;
	own.window_table = own_address(gpa(layout->window_table));
	u64 *directory = own_address(gpa(layout->window_directory));
	own.window_directory = directory + (layout->window_base >> LARGE_PAGE_SHIFT) % PAGE_TABLE_ENTRIES + 1;
}

u64 own_map_cbit(void)
{
	return own.cbit;
}

void *own_address(gpa_t address)
{
	CHECK(range_within(address.raw, 1, own.layout->base, own.layout->size));
	return (void *)(address.raw - own.layout->base + own.layout->virtual_base);
}

bool own_map_is_own(u64 address)
{
	return range_within(address, 1, own.layout->virtual_base, own.layout->size);
}

gpa_t own_gpa(const void *address)
{
	CHECK(own_map_is_own((u64)address));
	return gpa((u64)address - own.layout->virtual_base + own.layout->base);
}

/* The 4 KiB entry that maps the page; every table on the way is one of the builder's. */
static u64 *entry_find(const void *page)
{
	u64 *table = own_address(gpa(own.layout->page_tables));
	for (u32 level = PAGE_TABLE_LEVELS - 1; level > 0; level--) {
		u64 index = (u64)page >> (PAGE_SHIFT + 9 * level) & (PAGE_TABLE_ENTRIES - 1);
		u64 entry = table[index];
		CHECK((entry & PAGE_ENTRY_PRESENT) != 0 && (entry & PAGE_ENTRY_LARGE) == 0);
		table = own_address(gpa(entry & PAGE_ENTRY_ADDRESS & ~own.cbit));
	}
	return &table[(u64)page >> PAGE_SHIFT & (PAGE_TABLE_ENTRIES - 1)];
}

void own_map_remove(void *page)
{
	*entry_find(page) = 0;
	page_invalidate(page);
}

void own_map_share(void *page)
{
	*entry_find(page) &= ~own.cbit;
	page_invalidate(page);
}

void own_map_drop_identity(void)
{
	u64 *root = own_address(gpa(own.layout->page_tables));
	for (u32 i = 0; i < PAGE_TABLE_ENTRIES / 2; i++) {
		root[i] = 0;
	}
	own_map_activate();
}

void own_map_copy_kernel(u64 *root)
{
	const u64 *own_root = own_address(gpa(own.layout->page_tables));
	for (u32 i = PAGE_TABLE_ENTRIES / 2; i < PAGE_TABLE_ENTRIES; i++) {
		root[i] = own_root[i];
	}
}

void own_map_activate(void)
{
	cr3_write(own.layout->page_tables | own.cbit);
}

u64 *own_map_window_entry(u32 index)
{
	CHECK(index < PAGE_TABLE_ENTRIES);
	return &own.window_table[index];
}

u64 *own_map_window_large_entry(u32 index)
{
	CHECK(index < OWN_MAP_LARGE_WINDOWS);
	return &own.window_directory[index];
}

void *own_map_window(u32 index)
{
	return (void *)(own.layout->window_base + (u64)index * PAGE_SIZE);
}

void *own_map_window_large(u32 index)
{
	return (void *)(own.layout->window_base + LARGE_PAGE_SIZE + (u64)index * LARGE_PAGE_SIZE);
}

bool own_map_is_guest_window(u64 address)
{
	u64 offset = address - own.layout->window_base;
	u64 block = offset / LARGE_PAGE_SIZE;
	u64 entry = 0;
	if (block == 0) {
		entry = own.window_table[offset / PAGE_SIZE];
	} else if (block <= own.layout->max_vcpus && block <= OWN_MAP_LARGE_WINDOWS) {
		entry = own.window_directory[block - 1];
	}
	u64 page = entry & PAGE_ENTRY_ADDRESS & ~own.cbit;
	return (entry & PAGE_ENTRY_PRESENT) != 0 && !range_within(page, 1, own.layout->base, own.layout->size);
}

void *own_map_large(u32 first, gpa_t start, u32 blocks)
{
	for (u32 i = 0; i < blocks; i++) {
		u64 *entry = own_map_window_large_entry(first + i);
		CHECK(*entry == 0);
		*entry = (start.raw + (u64)i * LARGE_PAGE_SIZE) | own.cbit | PAGE_ENTRY_PRESENT | PAGE_ENTRY_WRITE |
			 PAGE_ENTRY_ACCESSED | PAGE_ENTRY_DIRTY | PAGE_ENTRY_LARGE | PAGE_ENTRY_NO_EXECUTE;
	}
	return own_map_window_large(first);
}
