/* SPDX-License-Identifier: MIT */
#include "mm/own_tables.h"

#include "base/align.h"
#include "base/mem.h"
#include "boot/boot.h"
#include "mm/own_memory.h"
#include "x86/control.h"

#define ENTRIES 512U
#define PRESENT 0x1ULL
#define WRITE 0x2ULL
#define LARGE 0x80ULL
#define NO_EXECUTE (1ULL << 63)
#define ADDRESS 0x000FFFFFFFFFF000ULL
#define IMAGE_TABLES 4U /* page tables: at most 8 MiB of image */
#define GIB (1ULL << 30)

enum fixed_table {
	TABLE_ROOT5,
	TABLE_ROOT4,
	TABLE_DIRECT,
	TABLE_IMAGE_UPPER,
	TABLE_IMAGE_LOWER,
	TABLE_IMAGE_PAGES
};

static u64 *root4; /* the fourth level that holds everything, after the move */

static u64 table_address(u64 first, u32 table)
{
	return first + (u64)table * PAGE_SIZE;
}

static u64 image_rights(u64 offset)
{
	if (offset < (u64)(image_text_end - image_start)) {
		return PRESENT;
	}
	return offset < (u64)(image_rodata_end - image_start) ? PRESENT | NO_EXECUTE : PRESENT | WRITE | NO_EXECUTE;
}

static void direct_fill(u64 *table, u64 start)
{
	for (u32 i = 0; i < ENTRIES; i++) {
		table[i] = (start + i * GIB) | PRESENT | WRITE | LARGE | NO_EXECUTE;
	}
}

bool own_tables_have_5_levels(void)
{
	return (cr4_read() & CR4_LA57) != 0;
}

u64 own_tables_end(u64 image_size)
{
	return image_size + (TABLE_IMAGE_PAGES + IMAGE_TABLES) * (u64)PAGE_SIZE;
}

u64 own_tables_build(const struct memory_plan *plan, u64 image_size)
{
	u64 first = plan->own_start + image_size;
	u64 *tables[TABLE_IMAGE_PAGES + IMAGE_TABLES];
	for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
		tables[i] = own_pointer(table_address(first, i));
		memset(tables[i], 0, PAGE_SIZE);
	}
	direct_fill(tables[TABLE_DIRECT], 0);
	for (u64 offset = 0; offset < image_size; offset += PAGE_SIZE) {
		u64 page = offset / PAGE_SIZE;
		tables[TABLE_IMAGE_PAGES + page / ENTRIES][page % ENTRIES] =
			(plan->own_start + offset) | image_rights(offset);
	}
	for (u32 i = 0; i < IMAGE_TABLES; i++) {
		tables[TABLE_IMAGE_LOWER][i] = table_address(first, TABLE_IMAGE_PAGES + i) | PRESENT | WRITE;
	}
	tables[TABLE_IMAGE_UPPER][510] = table_address(first, TABLE_IMAGE_LOWER) | PRESENT | WRITE;
	tables[TABLE_ROOT4][511] = table_address(first, TABLE_IMAGE_UPPER) | PRESENT | WRITE;
	tables[TABLE_ROOT4][256] = table_address(first, TABLE_DIRECT) | PRESENT | WRITE;
	tables[TABLE_ROOT5][511] = table_address(first, TABLE_ROOT4) | PRESENT | WRITE;
	root4 = tables[TABLE_ROOT4];
	return table_address(first, own_tables_have_5_levels() ? TABLE_ROOT5 : TABLE_ROOT4);
}

bool own_tables_extend(u64 physical)
{
	if (physical >= DIRECT_SIZE) {
		return false;
	}
	u64 *entry = &root4[256 + physical / (ENTRIES * GIB)];
	if (*entry == 0) {
		u64 *table = memory_own_pages(1);
		if (table == NULL) {
			return false;
		}
		direct_fill(table, align_down(physical, ENTRIES * GIB));
		*entry = memory_own_physical(table) | PRESENT | WRITE;
	}
	return true;
}

u64 own_tables_for_start(void)
{
	u64 *copy = memory_own_pages(3);
	if (copy == NULL) {
		return 0;
	}
	u64 *root5 = copy + ENTRIES;
	u64 *low = copy + 2 * ENTRIES;
	memcpy(copy, root4, PAGE_SIZE);
	low[0] = PRESENT | WRITE | LARGE;
	copy[0] = memory_own_physical(low) | PRESENT | WRITE;
	root5[0] = memory_own_physical(copy) | PRESENT | WRITE;
	root5[511] = root5[0];
	return memory_own_physical(own_tables_have_5_levels() ? root5 : copy);
}
