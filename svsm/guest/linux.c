/* SPDX-License-Identifier: MIT */
#include "guest/linux.h"

#include "base/mem.h"
#include "guest/memory.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "x86/page_entry.h"

/* Zero page: number of e820 entries (u8) and the table of packed 20-byte entries */
#define ZERO_PAGE_E820_COUNT 0x1E8U
#define ZERO_PAGE_E820_TABLE 0x2D0U

#define DIRECTORY_COUNT 4U /* 1 GiB each */
#define TABLE_FLAGS (PAGE_ENTRY_PRESENT | PAGE_ENTRY_WRITE)

struct packed zero_page_entry {
	u64 start;
	u64 size;
	u32 type;
};
LAYOUT_SIZE(struct zero_page_entry, 20);

/* Page `index` of the tables: root, directory pointers, four directories. */
static void identity_table_fill(u64 *table, u64 tables, u32 index)
{
	memset(table, 0, PAGE_SIZE);
	if (index == 0) {
		table[0] = (tables + PAGE_SIZE) | TABLE_FLAGS | own_map_cbit();
		return;
	}
	for (u64 i = 0; index == 1 && i < DIRECTORY_COUNT; i++) {
		table[i] = (tables + (2 + i) * PAGE_SIZE) | TABLE_FLAGS | own_map_cbit();
	}
	for (u64 i = 0; index > 1 && i < PAGE_TABLE_ENTRIES; i++) {
		u64 address = ((index - 2) * (u64)PAGE_TABLE_ENTRIES + i) * LARGE_PAGE_SIZE;
		table[i] = address | TABLE_FLAGS | PAGE_ENTRY_LARGE | own_map_cbit();
	}
}

err_t identity_map_write(const struct boot_guest *guest)
{
	void *table = NULL;
	enum err error = frames_take(1, &table);
	if (error != ERR_OK) {
		return error;
	}
	for (u32 i = 0; error == ERR_OK && i < 2 + DIRECTORY_COUNT; i++) {
		identity_table_fill(table, guest->page_tables, i);
		error = guest_write(gpa(guest->page_tables + (u64)i * PAGE_SIZE), table, PAGE_SIZE);
	}
	frames_return(table, 1);
	return error;
}

err_t linux_prepare(const struct boot_guest *guest, const struct memory_map *map)
{
	static struct e820_entry entries[E820_MAX_ENTRIES];
	u32 count = e820_build(guest, map, entries);
	if (count > E820_MAX_ENTRIES) {
		return ERR_NO_MEMORY;
	}
	u8 count_byte = (u8)count;
	enum err error = guest_write(gpa(guest->boot_params + ZERO_PAGE_E820_COUNT), &count_byte, sizeof(count_byte));
	for (u32 i = 0; error == ERR_OK && i < count; i++) {
		struct zero_page_entry entry = {entries[i].start, entries[i].size, entries[i].type};
		u64 address = guest->boot_params + ZERO_PAGE_E820_TABLE + (u64)i * sizeof(entry);
		error = guest_write(gpa(address), &entry, sizeof(entry));
	}
	return error;
}
