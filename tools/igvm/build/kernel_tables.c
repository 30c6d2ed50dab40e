/* SPDX-License-Identifier: MIT */
#include "build/kernel_tables.h"

#include "base/align.h"
#include "host/report.h"
#include "x86/page_tables.h"

/* Root; upper directory pointers, directory; window directory and table; three for the entry page's identity map */
#define FIXED_TABLES 8U

#define DATA_BITS (PAGE_ENTRY_WRITE | PAGE_ENTRY_NO_EXECUTE | PAGE_ENTRY_ACCESSED | PAGE_ENTRY_DIRTY)

u32 kernel_tables_pages(u64 size)
{
	return FIXED_TABLES + (u32)(size / LARGE_PAGE_SIZE);
}

static u64 bits_of(u32 rights)
{
	u64 bits = PAGE_ENTRY_ACCESSED;
	bits |= (rights & ELF_WRITE) != 0 ? PAGE_ENTRY_WRITE | PAGE_ENTRY_DIRTY : 0;
	bits |= (rights & ELF_EXECUTE) != 0 ? 0 : PAGE_ENTRY_NO_EXECUTE;
	return bits;
}

static bool is_service(const struct boot_layout *layout, u64 virtual_address)
{
	u64 gpa = virtual_address - layout->virtual_base + layout->base;
	return gpa >= layout->service && gpa - layout->service < layout->service_bytes;
}

/* The bits for one page of the SVSM's memory: of the segment that it lies in, or those of data. */
static u64 bits_at(const struct boot_layout *layout, const struct elf_file *elf, u64 virtual_address)
{
	struct elf_segment s;
	u32 index = 0;
	while (elf_next_segment(elf, &index, &s)) {
		u64 start = align_down(s.virtual_address, PAGE_SIZE);
		u64 end = s.virtual_address + s.memory_size;
		if (virtual_address >= start && virtual_address < end) {
			return bits_of(s.rights);
		}
	}
	return is_service(layout, virtual_address) ? bits_of(ELF_READ) : DATA_BITS;
}

static err_t map_own_memory(struct page_tables *t, const struct boot_layout *layout, const struct elf_file *elf)
{
	enum err error = ERR_OK;
	for (u64 at = 0; error == ERR_OK && at < layout->size; at += PAGE_SIZE) {
		const struct page_request request = {
			.virtual_address = layout->virtual_base + at,
			.address = layout->base + at,
			.size = PAGE_SIZE,
			.bits = bits_at(layout, elf, layout->virtual_base + at),
			.level = 1,
		};
		error = page_tables_map(t, &request);
	}
	return error;
}

static err_t map_entry_page(struct page_tables *t, const struct boot_layout *layout)
{
	u64 page = align_down(layout->entry, PAGE_SIZE);
	const struct page_request request = {
		.virtual_address = page,
		.address = page,
		.size = PAGE_SIZE,
		.bits = PAGE_ENTRY_ACCESSED,
		.level = 1,
	};
	return page_tables_map(t, &request);
}

static err_t fill_tables(struct page_tables *t, struct boot_layout *layout, const struct elf_file *elf)
{
	enum err error = page_tables_begin(t);
	if (error == ERR_OK) {
		error = map_own_memory(t, layout, elf);
	}
	if (error == ERR_OK) {
		error = map_entry_page(t, layout);
	}
	if (error == ERR_OK) {
		error = page_tables_reserve(t, layout->window_base, 2, &layout->window_directory);
	}
	if (error == ERR_OK) {
		error = page_tables_reserve(t, layout->window_base, 1, &layout->window_table);
	}
	return error;
}

enum err kernel_tables_build(struct image *image, const struct elf_file *elf)
{
	struct boot_layout *layout = &image->layout;
	u32 pages = kernel_tables_pages(layout->size);
	struct page_tables tables = {
		.pages = allocate((size_t)pages * PAGE_SIZE),
		.capacity = pages,
		.address = layout->page_tables,
	};
	enum err error = fill_tables(&tables, layout, elf);
	if (error != ERR_OK) {
		return error;
	}
	layout->page_table_pages = pages;
	image_add_bytes(image, layout->page_tables, span_of(tables.pages, (size_t)pages * PAGE_SIZE));
	return ERR_OK;
}
