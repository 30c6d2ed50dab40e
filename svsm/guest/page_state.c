/* SPDX-License-Identifier: MIT */
#include "guest/page_state.h"

#include "base/align.h"
#include "base/clamp.h"
#include "base/mem.h"
#include "platform/check.h"

#define BLOCK_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
#define LEAF_BYTES (BLOCK_PAGES / 2)
#define BLOCK_MIXED 0xFU /* in the summary: look at the leaf. No page state has this number */
_Static_assert(PAGE_STATE_COUNT <= BLOCK_MIXED, "a page state is four bits, and one value is taken");

/* Consecutive blocks that hold memory, the guest's or ours. Blocks in no segment have no storage and are "none". */
struct segment {
	u64 first; /* block number: address / 2 MiB */
	u64 count;
	u64 index; /* of its first block in summary and leaves */
};

/* tests/vm/page_table.py reads it out of memory. */
struct page_states {
	u32 segment_count;
	struct segment segments[MEMORY_MAP_MAX_RANGES];
	u8 *summary;
	u8 *leaves;
	u64 deposited; /* 4 KiB pages in that state */
};

static struct page_states page_states_table;
struct spin_lock page_states_spin_lock;

/* The closed list. docs/page-states.md */
static const struct {
	enum page_state from, to;
} changes[PAGE_CHANGE_COUNT] = {
	[PAGE_CHANGE_VALIDATE] = {PAGE_STATE_SHARED, PAGE_STATE_PRIVATE},
	[PAGE_CHANGE_ADOPT] = {PAGE_STATE_SHARED, PAGE_STATE_PRIVATE},
	[PAGE_CHANGE_RESCIND] = {PAGE_STATE_PRIVATE, PAGE_STATE_SHARED},
	[PAGE_CHANGE_MAKE_VMSA] = {PAGE_STATE_PRIVATE, PAGE_STATE_VMSA},
	[PAGE_CHANGE_DROP_VMSA] = {PAGE_STATE_VMSA, PAGE_STATE_PRIVATE},
	[PAGE_CHANGE_MAKE_CALLING_AREA] = {PAGE_STATE_PRIVATE, PAGE_STATE_CALLING_AREA},
	[PAGE_CHANGE_DROP_CALLING_AREA] = {PAGE_STATE_CALLING_AREA, PAGE_STATE_PRIVATE},
	[PAGE_CHANGE_DEPOSIT] = {PAGE_STATE_PRIVATE, PAGE_STATE_DEPOSITED},
	[PAGE_CHANGE_WITHDRAW] = {PAGE_STATE_DEPOSITED, PAGE_STATE_PRIVATE},
	[PAGE_CHANGE_LOSE] = {PAGE_STATE_DEPOSITED, PAGE_STATE_SVSM},
	[PAGE_CHANGE_FORFEIT] = {PAGE_STATE_SHARED, PAGE_STATE_SVSM},
};

/* Returns the number of blocks. */
static u64 segments_build(const struct memory_map *map, struct page_states *states)
{
	u64 blocks = 0;
	states->segment_count = 0;
	for (u32 i = 0; i < map->count; i++) {
		const struct memory_range *range = &map->ranges[i];
		u64 first = range->start >> LARGE_PAGE_SHIFT;
		u64 end = ((range->start + range->size - 1) >> LARGE_PAGE_SHIFT) + 1;
		struct segment *last = states->segment_count > 0 ? &states->segments[states->segment_count - 1] : NULL;
		if (last == NULL || first > last->first + last->count) {
			last = &states->segments[states->segment_count++];
			*last = (struct segment){.first = first, .index = blocks};
		}
		blocks += end - last->first - last->count;
		last->count = end - last->first;
	}
	return blocks;
}

static u64 summary_bytes(u64 blocks)
{
	return (blocks + 7) & ~7ULL;
}

u64 page_states_bytes(const struct memory_map *map)
{
	struct page_states layout;
	u64 blocks = segments_build(map, &layout);
	return summary_bytes(blocks) + blocks * LEAF_BYTES;
}

/* Index of the block that holds the address; false when it holds no memory. */
static bool block_find(const struct page_states *states, u64 address, u64 *index)
{
	u64 block = address >> LARGE_PAGE_SHIFT;
	for (u32 i = 0; i < states->segment_count; i++) {
		const struct segment *segment = &states->segments[i];
		if (block - segment->first < segment->count) {
			*index = segment->index + index_clamp(block - segment->first, segment->count);
			return true;
		}
	}
	return false;
}

static u8 *block_leaf(const struct page_states *states, u64 index)
{
	return states->leaves + index * LEAF_BYTES;
}

static u8 leaf_pair(enum page_state state)
{
	return (u8)((u32)state << 4 | (u32)state);
}

static enum page_state leaf_get(const u8 *leaf, u64 page)
{
	return (enum page_state)(leaf[page / 2] >> (page % 2 * 4) & 0xF);
}

static void leaf_set(u8 *leaf, u64 page, enum page_state state)
{
	u32 shift = (u32)(page % 2 * 4);
	leaf[page / 2] = (u8)((leaf[page / 2] & 0xF0U >> shift) | (u32)state << shift);
}

static void page_set(struct page_states *states, u64 index, u64 page, enum page_state state)
{
	u8 *leaf = block_leaf(states, index);
	if (states->summary[index] != BLOCK_MIXED) {
		memset(leaf, leaf_pair((enum page_state)states->summary[index]), LEAF_BYTES);
		states->summary[index] = BLOCK_MIXED;
	}
	leaf_set(leaf, page, state);
}

/* A mixed block whose pages have become equal is uniform again. Returns its summary. */
static u8 block_settle(struct page_states *states, u64 index)
{
	if (states->summary[index] == BLOCK_MIXED) {
		const u8 *leaf = block_leaf(states, index);
		enum page_state state = leaf_get(leaf, 0);
		u32 i = 0;
		while (i < LEAF_BYTES && leaf[i] == leaf_pair(state)) {
			i++;
		}
		if (i == LEAF_BYTES) {
			states->summary[index] = (u8)state;
		}
	}
	return states->summary[index];
}

static void range_set(struct page_states *states, const struct memory_range *range, enum page_state state)
{
	u64 address = range->start;
	u64 end = range->start + range->size;
	while (address < end) {
		u64 index = 0;
		CHECK(block_find(states, address, &index));
		if (is_aligned(address, LARGE_PAGE_SIZE) && end - address >= LARGE_PAGE_SIZE) {
			states->summary[index] = (u8)state;
			address += LARGE_PAGE_SIZE;
		} else {
			page_set(states, index, address / PAGE_SIZE % BLOCK_PAGES, state);
			address += PAGE_SIZE;
		}
	}
}

enum err page_states_init(const struct memory_map *map, void *storage, u64 bytes)
{
	struct page_states states;
	u64 blocks = segments_build(map, &states);
	if (bytes < summary_bytes(blocks) + blocks * LEAF_BYTES) {
		return ERR_NO_MEMORY;
	}
	states.deposited = 0;
	states.summary = storage;
	states.leaves = states.summary + summary_bytes(blocks);
	memset(states.summary, PAGE_STATE_NONE, summary_bytes(blocks));
	for (u32 i = 0; i < map->count; i++) {
		bool own = map->ranges[i].kind == MEMORY_SVSM;
		range_set(&states, &map->ranges[i], own ? PAGE_STATE_SVSM : PAGE_STATE_SHARED);
	}
	page_states_table = states;
	return ERR_OK;
}

struct page_states_locked page_states_lock(void)
{
	spin_lock_take(&page_states_spin_lock);
	return (struct page_states_locked){.states = &page_states_table};
}

void page_states_unlock(struct page_states_locked states)
{
	CHECK(states.states == &page_states_table);
	spin_lock_release(&page_states_spin_lock);
}

enum page_state page_state_get(struct page_states_locked states, gpa_t page)
{
	u64 index;
	if (!block_find(states.states, page.raw, &index)) {
		return PAGE_STATE_NONE;
	}
	u8 summary = states.states->summary[index];
	if (summary != BLOCK_MIXED) {
		return (enum page_state)summary;
	}
	return leaf_get(block_leaf(states.states, index), page.raw / PAGE_SIZE % BLOCK_PAGES);
}

/* Why a page in `state` cannot go through the change; ERR_OK when it can. */
static enum err state_check(enum page_state state, enum page_change change)
{
	if (state == changes[change].from) {
		return ERR_OK;
	}
	if (state == PAGE_STATE_CLAIMED) {
		return ERR_BUSY;
	}
	if (state != PAGE_STATE_SHARED && state != PAGE_STATE_PRIVATE) {
		return ERR_RANGE;
	}
	return state == changes[change].to ? ERR_EXISTS : ERR_STATE;
}

/* What is wrong with a 2 MiB page whose 4 KiB pages differ: foreign pages first, then claimed ones. */
static enum err mixed_check(const u8 *leaf, enum page_change change)
{
	bool claimed = false;
	for (u64 page = 0; page < BLOCK_PAGES; page++) {
		enum err error = state_check(leaf_get(leaf, page), change);
		if (error == ERR_RANGE) {
			return ERR_RANGE;
		}
		claimed = claimed || error == ERR_BUSY;
	}
	return claimed ? ERR_BUSY : ERR_STATE;
}

static enum err LOCK_HELD(page_states_spin_lock)
	claim_begin(struct page_states_locked states, gpa_t page, enum page_size size, enum page_change change)
{
	u64 index;
	if (!is_aligned(page.raw, page_bytes(size))) {
		return ERR_INPUT;
	}
	if (!block_find(states.states, page.raw, &index)) {
		return ERR_RANGE;
	}
	if (size == PAGE_2M) {
		u8 summary = block_settle(states.states, index);
		if (summary == BLOCK_MIXED) {
			return mixed_check(block_leaf(states.states, index), change);
		}
		enum err error = state_check((enum page_state)summary, change);
		if (error == ERR_OK) {
			states.states->summary[index] = PAGE_STATE_CLAIMED;
		}
		return error;
	}
	enum err error = state_check(page_state_get(states, page), change);
	if (error == ERR_OK) {
		page_set(states.states, index, page.raw / PAGE_SIZE % BLOCK_PAGES, PAGE_STATE_CLAIMED);
	}
	return error;
}

enum err page_state_claim(struct page_states_locked states, gpa_t page, enum page_size size, enum page_change change)
{
	enum err error = claim_begin(states, page, size, change);
	if (error == ERR_OK && changes[change].from == PAGE_STATE_DEPOSITED) {
		states.states->deposited -= page_bytes(size) / PAGE_SIZE;
	}
	return error;
}

u64 page_states_deposited(struct page_states_locked states)
{
	return states.states->deposited;
}

static void LOCK_HELD(page_states_spin_lock)
	claim_end(struct page_states_locked states, gpa_t page, enum page_size size, enum page_state state)
{
	u64 index = 0;
	CHECK(block_find(states.states, page.raw, &index));
	CHECK(page_state_get(states, page) == PAGE_STATE_CLAIMED);
	if (state == PAGE_STATE_DEPOSITED) {
		states.states->deposited += page_bytes(size) / PAGE_SIZE;
	}
	if (size == PAGE_2M) {
		states.states->summary[index] = (u8)state;
	} else {
		page_set(states.states, index, page.raw / PAGE_SIZE % BLOCK_PAGES, state);
	}
}

void page_state_finish(struct page_states_locked states, gpa_t page, enum page_size size, enum page_change change)
{
	claim_end(states, page, size, changes[change].to);
}

void page_state_cancel(struct page_states_locked states, gpa_t page, enum page_size size, enum page_change change)
{
	claim_end(states, page, size, changes[change].from);
}

/* State of the page at the address, in a block that holds memory, and how many bytes from there on certainly share it. */
static enum page_state LOCK_HELD(page_states_spin_lock)
	run_step(struct page_states_locked states, u64 address, u64 *bytes)
{
	u64 index = 0;
	CHECK(block_find(states.states, address, &index));
	bool single = states.states->summary[index] == BLOCK_MIXED;
	*bytes = single ? PAGE_SIZE : LARGE_PAGE_SIZE - address % LARGE_PAGE_SIZE;
	return page_state_get(states, gpa(address));
}

/* The first address at or above this one in any block that holds memory; false when there is none. */
static bool covered_from(const struct page_states *states, u64 *address)
{
	for (u32 i = 0; i < states->segment_count; i++) {
		const struct segment *segment = &states->segments[i];
		u64 start = segment->first << LARGE_PAGE_SHIFT;
		if (*address < start + (segment->count << LARGE_PAGE_SHIFT)) {
			*address = *address < start ? start : *address;
			return true;
		}
	}
	return false;
}

bool page_state_next_run(struct page_states_locked states, enum page_state state, gpa_t from, u64 limit,
			 struct page_run *run)
{
	u64 address = gpa_page(from).raw;
	u64 length = 0;
	u64 bytes;
	while (length < limit << PAGE_SHIFT && covered_from(states.states, &address)) {
		if (length > 0 && address != run->start.raw + length) {
			break; /* the run has ended, or its segment */
		}
		if (run_step(states, address, &bytes) == state) {
			run->start = length == 0 ? gpa(address) : run->start;
			length += bytes;
		}
		address += bytes;
	}
	run->pages = length >> PAGE_SHIFT < limit ? length >> PAGE_SHIFT : limit;
	return length > 0;
}

enum err page_state_find(struct page_states_locked states, enum page_state state, gpa_t *from, u32 *looks)
{
	u64 address = gpa_page(*from).raw;
	enum err error = ERR_INCOMPLETE;
	for (; error == ERR_INCOMPLETE && *looks > 0; (*looks)--) {
		u64 bytes = 0;
		if (!covered_from(states.states, &address)) {
			error = ERR_NOT_FOUND;
		} else if (run_step(states, address, &bytes) == state) {
			error = ERR_OK;
		} else {
			address += bytes;
		}
	}
	*from = gpa(address);
	return error;
}

enum err page_state_begin(gpa_t page, enum page_size size, enum page_change change)
{
	struct page_states_locked states = page_states_lock();
	enum err error = page_state_claim(states, page, size, change);
	page_states_unlock(states);
	return error;
}

void page_state_end(gpa_t page, enum page_size size, enum page_change change, bool done)
{
	struct page_states_locked states = page_states_lock();
	if (done) {
		page_state_finish(states, page, size, change);
	} else {
		page_state_cancel(states, page, size, change);
	}
	page_states_unlock(states);
}
