/* SPDX-License-Identifier: MIT */
/*
 * The state of every 4 KiB page of the guest, and the closed list of its transitions. docs/page-states.md has the table.
 *
 * Two levels: one byte per 2 MiB block that says its uniform state or "mixed", and 512 four-bit states per block. All of the
 * storage is handed in at boot, so that a split cannot fail.
 *
 * A change is made in two steps. page_state_claim checks the page and marks it claimed: nobody else may touch it, and the lock
 * is free while the hardware works. page_state_finish or page_state_cancel ends it; neither can fail.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"
#include "cpu/lock.h"
#include "guest/memory_map.h"

enum page_state {
	PAGE_STATE_NONE = 0,     /* not the guest's memory */
	PAGE_STATE_SHARED,       /* not validated: shared with the host, or not accepted yet */
	PAGE_STATE_PRIVATE,      /* validated; the guest's VMPL has all rights */
	PAGE_STATE_VMSA,         /* validated; a VMSA of the guest's; its VMPL may read it */
	PAGE_STATE_CALLING_AREA, /* validated; a calling area in use; the guest's VMPL has all rights */
	PAGE_STATE_SVSM,         /* the SVSM's own memory */
	PAGE_STATE_DEPOSITED,    /* validated; the guest has lent it, and may withdraw it */
	PAGE_STATE_CLAIMED,      /* a change is under way on some CPU */
	PAGE_STATE_COUNT,
};

enum page_change {
	PAGE_CHANGE_VALIDATE,          /* shared -> private, cleared */
	PAGE_CHANGE_ADOPT,             /* shared -> private, loaded by the launch */
	PAGE_CHANGE_RESCIND,           /* private -> shared */
	PAGE_CHANGE_MAKE_VMSA,         /* private -> VMSA */
	PAGE_CHANGE_DROP_VMSA,         /* VMSA -> private */
	PAGE_CHANGE_MAKE_CALLING_AREA, /* private -> calling area */
	PAGE_CHANGE_DROP_CALLING_AREA, /* calling area -> private */
	PAGE_CHANGE_DEPOSIT,           /* private -> deposited */
	PAGE_CHANGE_WITHDRAW,          /* deposited -> private, cleared */
	PAGE_CHANGE_LOSE,              /* deposited -> the SVSM's own: the host has taken it away */
	PAGE_CHANGE_FORFEIT,           /* shared -> the SVSM's own: validated, neither handed over nor taken back */
	PAGE_CHANGE_COUNT,
};

/* Bytes of storage that page_states_init wants for that map, a multiple of 8. */
u64 page_states_bytes(const struct memory_map *map);

/*
 * Sets up the table: the guest's pages shared, the SVSM's own, all else none. The map is copied, the storage (8-byte aligned,
 * any content) belongs to the table from then on. ERR_NO_MEMORY when it is too small.
 */
err_t page_states_init(const struct memory_map *map, void *storage, u64 bytes);

/* The table, held. Functions that want the lock want this. */
struct page_states_locked {
	struct page_states *states;
};
extern struct spin_lock page_states_spin_lock;
struct page_states_locked page_states_lock(void) LOCK_ACQUIRES(page_states_spin_lock);
void page_states_unlock(struct page_states_locked states) LOCK_RELEASES(page_states_spin_lock);

/* Any address will do; PAGE_STATE_NONE for what is no page of the guest's. */
enum page_state page_state_get(struct page_states_locked states, gpa_t page) LOCK_HELD(page_states_spin_lock);

/*
 * Claims an aligned page of that size for a change. All of it must be in the state that the change starts from; else:
 * ERR_INPUT    not aligned
 * ERR_RANGE    not the guest's memory, a VMSA, a calling area (part of it)
 * ERR_BUSY     another change is under way on (part of) it
 * ERR_EXISTS   it is already in the state that the change leads to
 * ERR_STATE    in a state of the guest's from which there is no such change; for 2 MiB also: not uniform
 */
err_t page_state_claim(struct page_states_locked states, gpa_t page, enum page_size size, enum page_change change)
	LOCK_HELD(page_states_spin_lock);
/* Ends a claim: the page is in the state that the change leads to. */
void page_state_finish(struct page_states_locked states, gpa_t page, enum page_size size, enum page_change change)
	LOCK_HELD(page_states_spin_lock);
/* Ends a claim: the page is in the state it came from. */
void page_state_cancel(struct page_states_locked states, gpa_t page, enum page_size size, enum page_change change)
	LOCK_HELD(page_states_spin_lock);

struct page_run {
	gpa_t start;
	u64 pages;
};
/*
 * The next run of pages in `state` at or above `from`, at most `limit` pages; false when there is none. For walks at boot.
 */
bool page_state_next_run(struct page_states_locked states, enum page_state state, gpa_t from, u64 limit,
			 struct page_run *run) LOCK_HELD(page_states_spin_lock);

/*
 * Looks for a page in `state` from *from on. ERR_OK: *from is its address. ERR_INCOMPLETE: not before *from, after *looks looks at a
 * page or block; ERR_NOT_FOUND: none up to the end. *looks becomes how many are left.
 */
err_t page_state_find(struct page_states_locked states, enum page_state state, gpa_t *from, u32 *looks)
	LOCK_HELD(page_states_spin_lock);

/* How many 4 KiB pages are deposited; those that are claimed do not count. */
u64 page_states_deposited(struct page_states_locked states) LOCK_HELD(page_states_spin_lock);

/* The same, taking the lock themselves: one change of one page. */
err_t page_state_begin(gpa_t page, enum page_size size, enum page_change change);
void page_state_end(gpa_t page, enum page_size size, enum page_change change, bool done);
