/* SPDX-License-Identifier: MIT */
#include "mm/space.h"

#include "base/align.h"
#include "base/clamp.h"
#include "base/range.h"
#include "base/span.h"
#include "mm/frames.h"
#include "mm/own_map.h"
#include "platform/platform.h"
#include "x86/page_entry.h"

#define ROOT_LEVEL 4U
/* Bits of an entry that the processor leaves to software. A page is there when its entry is not 0, even one without access. */
#define ENTRY_OWN (1ULL << 9) /* the frame is the space's, not shared */
#define TABLE_BITS (PAGE_ENTRY_PRESENT | PAGE_ENTRY_WRITE | PAGE_ENTRY_USER | PAGE_ENTRY_ACCESSED)

static err_t frame_take(struct space *space, void **frame)
{
	if (space->frames >= space->limit) {
		return ERR_RANGE;
	}
	enum err error = frames_take(1, frame);
	if (error == ERR_OK) {
		space->frames++;
	}
	return error;
}

static void frame_return(struct space *space, void *frame)
{
	frames_return(frame, 1);
	space->frames--;
}

static u64 entry_of(const void *memory, u64 bits)
{
	return own_gpa(memory).raw | own_map_cbit() | bits;
}

static void *entry_memory(u64 entry)
{
	return own_address(gpa(entry & PAGE_ENTRY_ADDRESS & ~own_map_cbit()));
}

/* The entry of a page; NULL when there is no table for it. */
static u64 *entry_find(const struct space *space, u64 page)
{
	u64 *table = space->root;
	for (u32 level = ROOT_LEVEL; level > 1; level--) {
		u64 entry = table[page_entry_index(page, level)];
		if (entry == 0) {
			return NULL;
		}
		table = entry_memory(entry);
	}
	return &table[page_entry_index(page, 1)];
}

/* Makes the table that an entry names, if there is none. It stays when something fails later: the next page needs it as well. */
static err_t table_make(struct space *space, u64 *entry)
{
	void *frame = NULL;
	if (*entry != 0) {
		return ERR_OK;
	}
	enum err error = frame_take(space, &frame);
	if (error == ERR_OK) {
		*entry = entry_of(frame, TABLE_BITS);
	}
	return error;
}

/* The entry of a page, with the tables on the way. */
static err_t entry_make(struct space *space, u64 page, u64 **found)
{
	u64 *table = space->root;
	for (u32 level = ROOT_LEVEL; level > 1; level--) {
		u64 *entry = &table[page_entry_index(page, level)];
		enum err error = table_make(space, entry);
		if (error != ERR_OK) {
			return error;
		}
		table = entry_memory(*entry);
	}
	*found = &table[page_entry_index(page, 1)];
	return ERR_OK;
}

static u64 bits_of(u32 rights)
{
	if (rights == 0) {
		return 0;
	}
	u64 bits = PAGE_ENTRY_PRESENT | PAGE_ENTRY_USER | PAGE_ENTRY_ACCESSED;
	bits |= (rights & SPACE_WRITE) != 0 ? PAGE_ENTRY_WRITE | PAGE_ENTRY_DIRTY : 0;
	bits |= (rights & SPACE_EXECUTE) != 0 ? 0 : PAGE_ENTRY_NO_EXECUTE;
	return bits;
}

static err_t range_check(struct space_range range)
{
	if (!is_aligned(range.start, PAGE_SIZE) || range.pages == 0) {
		return ERR_INPUT;
	}
	bool within = range.pages <= SPACE_END / PAGE_SIZE &&
		      range_within(range.start, range.pages * PAGE_SIZE, SPACE_START, SPACE_END - SPACE_START);
	return within ? ERR_OK : ERR_RANGE;
}

/* ERR_EXISTS when a page of the range is there. */
static err_t range_is_free(const struct space *space, struct space_range range)
{
	for (u64 i = 0; i < range.pages; i++) {
		const u64 *entry = entry_find(space, range.start + i * PAGE_SIZE);
		if (entry != NULL && *entry != 0) {
			return ERR_EXISTS;
		}
	}
	return ERR_OK;
}

static void entry_remove(struct space *space, u64 *entry)
{
	u64 old = *entry;
	if (old == 0) {
		return;
	}
	*entry = 0;
	space->stale = true;
	if ((old & ENTRY_OWN) != 0) {
		frame_return(space, entry_memory(old));
	}
}

static void range_remove(struct space *space, struct space_range range)
{
	u64 end = range.start + range.pages * PAGE_SIZE;
	for (u64 page = range.start; page < end;) {
		u64 *entry = entry_find(space, page);
		if (entry == NULL) {
			page = align_down(page, LARGE_PAGE_SIZE) + LARGE_PAGE_SIZE; /* no table, no page */
			continue;
		}
		entry_remove(space, entry);
		page += PAGE_SIZE;
	}
}

/* memory: what to map, or NULL for a frame of its own. */
static err_t page_add(struct space *space, u64 page, const u8 *memory, u64 bits)
{
	u64 *entry = NULL;
	void *frame = NULL;
	enum err error = entry_make(space, page, &entry);
	if (error == ERR_OK && memory == NULL) {
		error = frame_take(space, &frame);
	}
	if (error == ERR_OK) {
		*entry = memory != NULL ? entry_of(memory, bits) : entry_of(frame, bits | ENTRY_OWN);
	}
	return error;
}

static err_t range_add(struct space *space, struct space_range range, const u8 *memory, u64 bits)
{
	for (u64 i = 0; i < range.pages; i++) {
		const u8 *from = memory == NULL ? NULL : memory + i * PAGE_SIZE;
		enum err error = page_add(space, range.start + i * PAGE_SIZE, from, bits);
		if (error != ERR_OK) {
			range_remove(space, (struct space_range){range.start, i});
			return error;
		}
	}
	return ERR_OK;
}

enum err space_add(struct space *space, struct space_range range, u32 rights)
{
	enum err error = range_check(range);
	if (error == ERR_OK && (rights & ~(SPACE_READ | SPACE_WRITE)) != 0) {
		error = ERR_INPUT;
	}
	if (error == ERR_OK && range.pages > space->limit) {
		error = ERR_RANGE;
	}
	if (error == ERR_OK) {
		error = range_is_free(space, range);
	}
	return error == ERR_OK ? range_add(space, range, NULL, bits_of(rights)) : error;
}

enum err space_share(struct space *space, struct space_range range, const u8 *memory, u32 rights)
{
	if ((rights & ~(SPACE_READ | SPACE_EXECUTE)) != 0 || !is_aligned((u64)memory, PAGE_SIZE)) {
		return ERR_INPUT;
	}
	enum err error = range_check(range);
	if (error == ERR_OK) {
		error = range_is_free(space, range);
	}
	return error == ERR_OK ? range_add(space, range, memory, bits_of(rights)) : error;
}

enum err space_remove(struct space *space, struct space_range range)
{
	enum err error = range_check(range);
	if (error == ERR_OK) {
		range_remove(space, range);
	}
	return error;
}

/* Ring 3 gets nothing that the page was not loaded with: data never becomes code, and what is shared is never written. */
static u32 rights_refused(u64 entry)
{
	bool runs = (entry & PAGE_ENTRY_PRESENT) != 0 && (entry & PAGE_ENTRY_NO_EXECUTE) == 0;
	return (runs ? 0 : SPACE_EXECUTE) | ((entry & ENTRY_OWN) != 0 ? 0 : SPACE_WRITE);
}

static err_t protect_check(const struct space *space, struct space_range range, u32 rights)
{
	for (u64 i = 0; i < range.pages; i++) {
		const u64 *entry = entry_find(space, range.start + i * PAGE_SIZE);
		if (entry == NULL || *entry == 0) {
			return ERR_NOT_FOUND;
		}
		if ((rights & rights_refused(*entry)) != 0) {
			return ERR_STATE;
		}
	}
	return ERR_OK;
}

enum err space_protect(struct space *space, struct space_range range, u32 rights)
{
	enum err error = range_check(range);
	if (error == ERR_OK && (rights & ~(SPACE_READ | SPACE_WRITE | SPACE_EXECUTE)) != 0) {
		error = ERR_INPUT;
	}
	if (error == ERR_OK) {
		error = protect_check(space, range, rights);
	}
	for (u64 i = 0; error == ERR_OK && i < range.pages; i++) {
		u64 *entry = entry_find(space, range.start + i * PAGE_SIZE);
		*entry = (*entry & ((PAGE_ENTRY_ADDRESS | ENTRY_OWN))) | bits_of(rights);
		space->stale = true;
	}
	return error;
}

enum err space_find_gap(const struct space *space, u64 low, u64 pages, u64 *start)
{
	u64 first = low;
	u64 end = low < SPACE_END - SPACE_GAP_PAGES * PAGE_SIZE ? low + SPACE_GAP_PAGES * PAGE_SIZE : SPACE_END;
	if (pages == 0 || pages > space->limit || !is_aligned(low, PAGE_SIZE)) {
		return ERR_NO_MEMORY;
	}
	for (u64 page = low; page < end; page += PAGE_SIZE) {
		const u64 *entry = entry_find(space, page);
		if (entry != NULL && *entry != 0) {
			first = page + PAGE_SIZE;
		} else if (page - first == (pages - 1) * PAGE_SIZE) {
			*start = first;
			return ERR_OK;
		}
	}
	return ERR_NO_MEMORY;
}

/* The memory behind an address, when all of `needed` is set in its entry; *n is cut to what lies in the same page. */
static u8 *memory_find(const struct space *space, u64 address, u64 needed, size_t *n)
{
	u64 page = align_down(address, PAGE_SIZE);
	u64 offset = address - page;
	if (page < SPACE_START || page >= SPACE_END) {
		return NULL;
	}
	/* Not even by a wrong guess of the processor's the kernel's half, which the same root leads to. */
	const u64 *entry = entry_find(space, index_clamp(page, SPACE_END));
	if (entry == NULL || (*entry & needed) != needed) {
		return NULL;
	}
	*n = *n < PAGE_SIZE - offset ? *n : PAGE_SIZE - offset;
	return (u8 *)entry_memory(*entry) + offset;
}

enum err space_read(const struct space *space, u64 address, void *to, size_t n)
{
	u8 *out = to;
	while (n > 0) {
		size_t part = n;
		const u8 *memory = memory_find(space, address, PAGE_ENTRY_PRESENT, &part);
		enum err error = memory == NULL ? ERR_RANGE : platform_window_read(out, memory, part);
		if (error != ERR_OK) {
			return error;
		}
		out += part;
		address += part;
		n -= part;
	}
	return ERR_OK;
}

static err_t put(struct space *space, u64 address, struct span bytes, u64 needed)
{
	while (bytes.n > 0) {
		size_t part = bytes.n;
		u8 *memory = memory_find(space, address, needed, &part);
		enum err error = memory == NULL ? ERR_RANGE : platform_window_write(memory, bytes.p, part);
		if (error != ERR_OK) {
			return error;
		}
		bytes = span_of(bytes.p + part, bytes.n - part);
		address += part;
	}
	return ERR_OK;
}

enum err space_write(struct space *space, u64 address, const void *from, size_t n)
{
	return put(space, address, span_of(from, n), PAGE_ENTRY_PRESENT | PAGE_ENTRY_WRITE);
}

enum err space_load(struct space *space, u64 address, const void *from, size_t n)
{
	return put(space, address, span_of(from, n), ENTRY_OWN);
}

enum err space_make(struct space *space, u32 limit)
{
	void *frame = NULL;
	*space = (struct space){.limit = limit};
	enum err error = frame_take(space, &frame);
	if (error == ERR_OK) {
		space->root = frame;
		own_map_copy_kernel(space->root);
	}
	return error;
}

/* Tables of `level` and what they name. */
static void table_end(struct space *space, u64 *table, u32 level)
{
	/* The upper half of the root is the kernel's. */
	u32 entries = level == ROOT_LEVEL ? PAGE_TABLE_ENTRIES / 2 : PAGE_TABLE_ENTRIES;
	for (u32 i = 0; i < entries; i++) {
		if (level > 1 && table[i] != 0) {
			table_end(space, entry_memory(table[i]), level - 1);
		} else if ((table[i] & ENTRY_OWN) != 0) {
			frame_return(space, entry_memory(table[i]));
		}
	}
	frame_return(space, table);
}

void space_end(struct space *space)
{
	table_end(space, space->root, ROOT_LEVEL);
	*space = (struct space){0};
}

u64 space_root(const struct space *space)
{
	return own_gpa(space->root).raw | own_map_cbit();
}
