/* SPDX-License-Identifier: MIT */
/*
 * Nested page tables, one set per VMPL, shared by all CPUs. Each has two views of memory: with the C-bit set an address shows
 * the private pages, without it the shared ones. They are filled when the guest first touches 2 MiB, from the RMP, and
 * follow it from then on. Address ranges that are not RAM are never mapped: an access there is MMIO.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/*
 * The processor knows neither that instruction fetches and page-table walks are private whatever the C-bit says, nor that all
 * accesses are without paging. So a private page may also show in the shared view, once it was fetched or walked through
 * without C-bit; and without paging a second root is used, in which both halves are the private view.
 */
enum nested_root {
	NESTED_PAGED,
	NESTED_FLAT,
};

enum nested_view {
	NESTED_SHARED,
	NESTED_PRIVATE,
};

/* Makes the roots; the C-bit has been chosen. ERR_NO_MEMORY. */
err_t nested_setup(void);

/* Physical address for N_CR3. */
u64 nested_root(u32 vmpl, enum nested_root root);

/* Maps what the RMP allows of the 2 MiB around address in that view. ERR_NO_MEMORY never happens for long: tables are dropped. */
void nested_fill(u32 vmpl, enum nested_view view, gpa_t address);

/* Shows one private page in the shared view, with the rights of the private one. */
void nested_alias(u32 vmpl, gpa_t page);

/*
 * Lets a shared read of a private page go through, as hardware does: it sees ciphertext, here a page of nonsense. ERR_NO_MEMORY
 * when there is none.
 */
err_t nested_show_ciphertext(u32 vmpl, gpa_t page);

/*
 * The RMP entries of the page changed: corrects what is mapped, and returns once no CPU uses an old translation. Called by
 * rmp/ with its lock held.
 */
void nested_changed(gpa_t page, enum page_size size);

/* Makes all CPUs forget all translations; returns once they have. */
void nested_flush_all(void);

/* Counts changes that took rights away; a CPU flushes when it has seen less (run/run.c). */
u64 nested_generation(void);
