/* SPDX-License-Identifier: MIT */
#include "x86/page_tables.h"

#include "base/align.h"
#include "base/mem.h"

#define ROOT_LEVEL 4U
#define TABLE_BITS (PAGE_ENTRY_PRESENT | PAGE_ENTRY_WRITE | PAGE_ENTRY_ACCESSED)

static enum err take_page(struct page_tables *t, u32 *page)
{
	if (t->used >= t->capacity) {
		return ERR_NO_MEMORY;
	}
	*page = t->used;
	t->used++;
	memset(t->pages[*page], 0, PAGE_SIZE);
	return ERR_OK;
}

/* The pool page that an entry names. */
static enum err page_of(const struct page_tables *t, u64 entry, u32 *page)
{
	u64 address = entry & PAGE_ENTRY_ADDRESS & ~t->c_bit;
	if (address < t->address || (address - t->address) / PAGE_SIZE >= t->used) {
		return ERR_RANGE;
	}
	*page = (u32)((address - t->address) / PAGE_SIZE);
	return ERR_OK;
}

/* Follows the entry of one level down, making the table when there is none. */
static enum err descend(struct page_tables *t, u64 *entry, u32 level, u64 bits, u32 *page)
{
	if (page_entry_present(*entry)) {
		if (page_entry_is_leaf(*entry, level)) {
			return ERR_EXISTS;
		}
		*entry |= bits & PAGE_ENTRY_USER;
		return page_of(t, *entry, page);
	}
	enum err error = take_page(t, page);
	if (error == ERR_OK) {
		*entry = (t->address + (u64)*page * PAGE_SIZE) | TABLE_BITS | (bits & PAGE_ENTRY_USER) | t->c_bit;
	}
	return error;
}

/* The pool page of the table of `level` for an address. */
static enum err table_for(struct page_tables *t, u64 virtual_address, u32 level, u64 bits, u32 *page)
{
	*page = 0;
	for (u32 at = ROOT_LEVEL; at > level; at--) {
		u64 *entry = &t->pages[*page][page_entry_index(virtual_address, at)];
		enum err error = descend(t, entry, at, bits, page);
		if (error != ERR_OK) {
			return error;
		}
	}
	return ERR_OK;
}

enum err page_tables_begin(struct page_tables *t)
{
	u32 root;
	if (!is_aligned(t->address, PAGE_SIZE)) {
		return ERR_INPUT;
	}
	t->used = 0;
	return take_page(t, &root);
}

static enum err check_request(const struct page_request *r)
{
	u64 last;
	u64 last_virtual;
	if (r->level < 1 || r->level > 3 || r->size == 0) {
		return ERR_INPUT;
	}
	if (!is_aligned(r->virtual_address | r->address | r->size, page_entry_span(r->level))) {
		return ERR_INPUT;
	}
	if (ckd_add(&last, r->address, r->size - 1) || ckd_add(&last_virtual, r->virtual_address, r->size - 1)) {
		return ERR_RANGE;
	}
	if ((last & ~(PAGE_ENTRY_ADDRESS | (PAGE_SIZE - 1))) != 0) {
		return ERR_RANGE;
	}
	bool canonical = page_address_canonical(r->virtual_address) && page_address_canonical(last_virtual);
	return canonical && r->virtual_address >> 47 == last_virtual >> 47 ? ERR_OK : ERR_INPUT;
}

static enum err map_leaf(struct page_tables *t, const struct page_request *r, u64 offset)
{
	u32 page;
	u64 virtual_address = r->virtual_address + offset;
	enum err error = table_for(t, virtual_address, r->level, r->bits, &page);
	if (error != ERR_OK) {
		return error;
	}
	u64 *entry = &t->pages[page][page_entry_index(virtual_address, r->level)];
	if (page_entry_present(*entry)) {
		return ERR_EXISTS;
	}
	u64 large = r->level > 1 ? PAGE_ENTRY_LARGE : 0;
	*entry = (r->address + offset) | r->bits | large | PAGE_ENTRY_PRESENT | t->c_bit;
	return ERR_OK;
}

enum err page_tables_map(struct page_tables *t, const struct page_request *request)
{
	enum err error = check_request(request);
	for (u64 at = 0; error == ERR_OK && at < request->size; at += page_entry_span(request->level)) {
		error = map_leaf(t, request, at);
	}
	return error;
}

enum err page_tables_reserve(struct page_tables *t, u64 virtual_address, u32 level, u64 *table)
{
	u32 page;
	if (level < 1 || level > 3 || !page_address_canonical(virtual_address)) {
		return ERR_INPUT;
	}
	enum err error = table_for(t, virtual_address, level, 0, &page);
	if (error == ERR_OK) {
		*table = t->address + (u64)page * PAGE_SIZE;
	}
	return error;
}

enum err page_tables_find(const struct page_tables *t, u64 virtual_address, struct page_mapping *mapping)
{
	u32 page = 0;
	for (u32 level = ROOT_LEVEL; level > 0; level--) {
		u64 entry = t->pages[page][page_entry_index(virtual_address, level)];
		if (!page_entry_present(entry)) {
			return ERR_NOT_FOUND;
		}
		if (page_entry_is_leaf(entry, level)) {
			*mapping = (struct page_mapping){
				.entry = entry,
				.level = level,
				.address = page_entry_address(entry, level, t->c_bit),
			};
			return ERR_OK;
		}
		enum err error = page_of(t, entry, &page);
		if (error != ERR_OK) {
			return error;
		}
	}
	return ERR_NOT_FOUND;
}
