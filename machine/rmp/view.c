/* SPDX-License-Identifier: MIT */
#include "rmp/view.h"

#include "base/align.h"
#include "base/mem.h"
#include "mm/memory_setup.h"
#include "mm/own_memory.h"
#include "rmp/rmp.h"

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
