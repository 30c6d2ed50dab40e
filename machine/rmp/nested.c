/* SPDX-License-Identifier: MIT */
/* AMD64 APM volume 2 (24593), section 15.25: nested paging. Tables have the format and depth of the host's own. */
#include "rmp/nested.h"

#include "base/align.h"
#include "base/mem.h"
#include "cpu/cpu.h"
#include "cpu/plain.h"
#include "mm/memory_setup.h"
#include "mm/own_memory.h"
#include "mm/own_tables.h"
#include "rmp/content.h"
#include "rmp/rmp.h"

#define ENTRIES 512U
#define PRESENT 0x1ULL
#define WRITE 0x2ULL
#define USER 0x4ULL
#define ACCESSED_DIRTY 0x60ULL
#define LARGE 0x80ULL
#define NO_EXECUTE (1ULL << 63)
#define ADDRESS 0x000FFFFFFFFFF000ULL
#define TABLE_ENTRY (PRESENT | WRITE | USER | 0x20ULL)
#define POOL_PAGES_MINIMUM 64U
#define POOL_SHARE 16U /* tables get at most this part of what is left of own RAM */

static struct {
	u64 *root[VMPL_COUNT][2];
	u64 root_physical[VMPL_COUNT][2];
	u64 *view[VMPL_COUNT][2]; /* 512 GiB each: tables of the third level */
	u64 *free;                /* list of free table pages through their first word */
	u64 free_count;
	u64 generation;
	struct lock lock;
} nested;

u64 nested_root(u32 vmpl, enum nested_root root)
{
	return nested.root_physical[vmpl][root];
}

u64 nested_generation(void)
{
	return __atomic_load_n(&nested.generation, __ATOMIC_ACQUIRE);
}

void nested_flush_all(void)
{
	__atomic_add_fetch(&nested.generation, 1, __ATOMIC_SEQ_CST);
	cpu_leave_guests();
}

static u64 *table_of(u64 entry)
{
	return own_pointer(entry & ADDRESS);
}

static void table_free(u64 *table)
{
	table[0] = (u64)nested.free;
	nested.free = table;
	nested.free_count++;
}

/* The caller has made sure that there is one. */
static u64 *table_take(void)
{
	u64 *table = nested.free;
	nested.free = (u64 *)table[0];
	nested.free_count--;
	memset(table, 0, PAGE_SIZE);
	return table;
}

static enum err pool_make(void)
{
	u64 pages = memory_own_left() / PAGE_SIZE / POOL_SHARE + POOL_PAGES_MINIMUM;
	u8 *pool = memory_own_pages(pages);
	if (pool == NULL) {
		return ERR_NO_MEMORY;
	}
	for (u64 i = 0; i < pages; i++) {
		table_free((u64 *)(pool + i * PAGE_SIZE));
	}
	return ERR_OK;
}

/* Puts a view below a root so that it answers for addresses from `start` on. */
static void root_set(u64 *root, u64 start, u64 *view)
{
	u64 *level4 = root;
	if (own_tables_have_5_levels()) {
		u64 *slot = &root[start >> 48 & (ENTRIES - 1)];
		if (*slot == 0) {
			*slot = memory_own_physical(table_take()) | TABLE_ENTRY;
		}
		level4 = table_of(*slot);
	}
	level4[start >> 39 & (ENTRIES - 1)] = memory_own_physical(view) | TABLE_ENTRY;
}

static void vmpl_setup(u32 vmpl)
{
	for (u32 i = 0; i < 2; i++) {
		nested.root[vmpl][i] = table_take();
		nested.root_physical[vmpl][i] = memory_own_physical(nested.root[vmpl][i]);
		nested.view[vmpl][i] = table_take();
	}
	u64 *private_view = nested.view[vmpl][NESTED_PRIVATE];
	root_set(nested.root[vmpl][NESTED_PAGED], 0, nested.view[vmpl][NESTED_SHARED]);
	root_set(nested.root[vmpl][NESTED_PAGED], memory_cbit_mask(), private_view);
	root_set(nested.root[vmpl][NESTED_FLAT], 0, private_view);
	root_set(nested.root[vmpl][NESTED_FLAT], memory_cbit_mask(), private_view);
}

enum err nested_setup(void)
{
	enum err error = pool_make();
	for (u32 vmpl = 0; error == ERR_OK && vmpl < VMPL_COUNT; vmpl++) {
		vmpl_setup(vmpl);
	}
	return error;
}

/* Rights of one page in the private view of a VMPL; 0 for none. */
static u64 private_rights(const struct rmp_entry *entry, u32 vmpl)
{
	u8 mask = vmpl == 0 ? RMP_PERM_ALL : entry->permissions[vmpl - 1];
	if (!entry->assigned || !entry->validated || (mask & RMP_PERM_READ) == 0) {
		return 0;
	}
	u64 rights = PRESENT | USER | ACCESSED_DIRTY;
	if ((mask & RMP_PERM_WRITE) != 0) {
		rights |= WRITE;
	}
	if ((mask & (RMP_PERM_EXEC_USER | RMP_PERM_EXEC_SUPERVISOR)) == 0) {
		rights |= NO_EXECUTE;
	}
	return rights;
}

/* Entry of one page in a view; 0 when it must fault there. Shared pages never execute: fetches are private. */
static u64 page_entry(u32 vmpl, enum nested_view view, gpa_t page)
{
	const struct rmp_entry *entry = rmp_find(page);
	if (entry == NULL) {
		return 0;
	}
	if (plain_guest()) {
		return entry->vmsa ? 0 : PRESENT | WRITE | USER | ACCESSED_DIRTY | memory_physical(page);
	}
	u64 rights = view == NESTED_PRIVATE ? private_rights(entry, vmpl) : 0;
	if (view == NESTED_SHARED && !entry->assigned) {
		rights = PRESENT | WRITE | USER | ACCESSED_DIRTY | NO_EXECUTE;
	}
	return rights == 0 ? 0 : rights | memory_physical(page);
}

static u32 entry_word(const struct rmp_entry *entry)
{
	u32 word;
	_Static_assert(sizeof(*entry) == sizeof(word), "an entry is one word");
	__builtin_memcpy(&word, entry, sizeof(word));
	return word;
}

/* True when all RMP entries of the 2 MiB are there and equal, so that one large entry tells the truth. */
static bool region_uniform(gpa_t start)
{
	const struct rmp_entry *entries = rmp_find(start);
	const struct rmp_entry *last = rmp_find(gpa(start.raw + LARGE_PAGE_SIZE - PAGE_SIZE));
	if (entries == NULL || last != entries + (ENTRIES - 1) || start.raw == 0) {
		return false;
	}
	for (u32 i = 1; i < ENTRIES; i++) {
		if (entry_word(&entries[i]) != entry_word(&entries[0])) {
			return false;
		}
	}
	return true;
}

/* The second-level entry for an address, NULL when the table above is not there. */
static u64 *slot_find(u32 vmpl, enum nested_view view, gpa_t address)
{
	u64 upper = nested.view[vmpl][view][address.raw >> 30 & (ENTRIES - 1)];
	return upper == 0 ? NULL : &table_of(upper)[address.raw >> 21 & (ENTRIES - 1)];
}

static bool slot_is_table(u64 slot)
{
	return (slot & PRESENT) != 0 && (slot & LARGE) == 0;
}

static void upper_drop(u64 *upper)
{
	u64 *table = table_of(*upper);
	for (u32 i = 0; i < ENTRIES; i++) {
		if (slot_is_table(table[i])) {
			table_free(table_of(table[i]));
		}
	}
	*upper = 0;
	table_free(table);
}

static void view_drop(u64 *view)
{
	for (u32 i = 0; i < ENTRIES; i++) {
		if (view[i] != 0) {
			upper_drop(&view[i]);
		}
	}
}

/* The pool is empty: everything goes, and comes back by faults. */
static void tables_drop(void)
{
	for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
		view_drop(nested.view[vmpl][NESTED_SHARED]);
		view_drop(nested.view[vmpl][NESTED_PRIVATE]);
	}
	nested_flush_all();
}

static u64 *slot_make(u32 vmpl, enum nested_view view, gpa_t address)
{
	if (nested.free_count < 2) {
		tables_drop();
	}
	u64 *upper = &nested.view[vmpl][view][address.raw >> 30 & (ENTRIES - 1)];
	if (*upper == 0) {
		*upper = memory_own_physical(table_take()) | TABLE_ENTRY;
	}
	return slot_find(vmpl, view, address);
}

static void pages_fill(u64 *table, u32 vmpl, enum nested_view view, gpa_t start)
{
	for (u32 i = 0; i < ENTRIES; i++) {
		table[i] = page_entry(vmpl, view, gpa(start.raw + (u64)i * PAGE_SIZE));
	}
}

static void fill_locked(u32 vmpl, enum nested_view view, gpa_t start)
{
	u64 *slot = slot_make(vmpl, view, start);
	if (slot_is_table(*slot)) {
		pages_fill(table_of(*slot), vmpl, view, start);
		return;
	}
	u64 entry = page_entry(vmpl, view, start);
	if (region_uniform(start)) {
		*slot = entry == 0 ? 0 : entry | LARGE;
		return;
	}
	u64 *table = table_take();
	pages_fill(table, vmpl, view, start);
	*slot = memory_own_physical(table) | TABLE_ENTRY;
}

void nested_fill(u32 vmpl, enum nested_view view, gpa_t address)
{
	lock_take(&nested.lock);
	fill_locked(vmpl, view, gpa(align_down(address.raw, LARGE_PAGE_SIZE)));
	lock_release(&nested.lock);
}

/* Sets the entry of one private page in the shared view to something that the RMP alone would not give. */
static void page_override(u32 vmpl, gpa_t page, u64 entry)
{
	gpa_t start = gpa(align_down(page.raw, LARGE_PAGE_SIZE));
	u64 *slot = slot_make(vmpl, NESTED_SHARED, start);
	if (!slot_is_table(*slot)) {
		u64 *table = table_take();
		pages_fill(table, vmpl, NESTED_SHARED, start);
		*slot = memory_own_physical(table) | TABLE_ENTRY;
	}
	table_of(*slot)[page.raw >> 12 & (ENTRIES - 1)] = entry;
}

/* The page may have changed since the fault: what it is now is asked with the lock held, as whoever changes it takes that next. */
void nested_alias(u32 vmpl, gpa_t page)
{
	lock_take(&nested.lock);
	u64 entry = page_entry(vmpl, NESTED_PRIVATE, page);
	if (entry != 0) {
		page_override(vmpl, page, entry);
	}
	lock_release(&nested.lock);
}

static enum err ciphertext_show_locked(u32 vmpl, gpa_t page)
{
	static u8 *ciphertext;
	if (ciphertext == NULL) {
		ciphertext = memory_own_pages(1);
		if (ciphertext == NULL) {
			return ERR_NO_MEMORY;
		}
		content_scramble(ciphertext, page, PAGE_4K);
	}
	if (page_entry(vmpl, NESTED_SHARED, page) == 0) {
		page_override(vmpl, page,
			      memory_own_physical(ciphertext) | PRESENT | USER | ACCESSED_DIRTY | NO_EXECUTE);
	}
	return ERR_OK;
}

enum err nested_show_ciphertext(u32 vmpl, gpa_t page)
{
	lock_take(&nested.lock);
	enum err error = ciphertext_show_locked(vmpl, page);
	lock_release(&nested.lock);
	return error;
}

/* Corrects one page in one view. True when an entry that was in use changed. */
static bool page_correct(u32 vmpl, enum nested_view view, gpa_t page)
{
	u64 *slot = slot_find(vmpl, view, page);
	if (slot == NULL || *slot == 0) {
		return false;
	}
	u64 *entry = slot_is_table(*slot) ? &table_of(*slot)[page.raw >> 12 & (ENTRIES - 1)] : slot;
	u64 old = *entry;
	*entry = entry == slot ? 0 : page_entry(vmpl, view, page);
	return (old & PRESENT) != 0 && old != *entry;
}

/* A whole 2 MiB changed: what was mapped there goes. */
static bool region_drop(u32 vmpl, enum nested_view view, gpa_t start)
{
	u64 *slot = slot_find(vmpl, view, start);
	if (slot == NULL || *slot == 0) {
		return false;
	}
	if (slot_is_table(*slot)) {
		table_free(table_of(*slot));
	}
	*slot = 0;
	return true;
}

void nested_changed(gpa_t page, enum page_size size)
{
	bool flush = false;
	lock_take(&nested.lock);
	for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
		for (u32 view = 0; view < 2; view++) {
			bool changed = size == PAGE_2M ? region_drop(vmpl, view, page) : page_correct(vmpl, view, page);
			flush = flush || changed;
		}
	}
	if (flush) {
		nested_flush_all();
	}
	lock_release(&nested.lock);
}
