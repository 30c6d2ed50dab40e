/* SPDX-License-Identifier: MIT */
/* Inside rmp/: the entries, to change. All of it with the lock held, but for rmp_entry_at. */
#pragma once

#include "rmp/rmp.h"
#include "x86/lock.h"

/* NULL when the page is not RAM. The entries of one RAM range of 2 MiB are consecutive. */
struct rmp_entry *rmp_entry_at(gpa_t page);

void rmp_lock(void);
void rmp_unlock(void);

/* Entries of one operand of that size. */
u32 rmp_page_count(enum page_size size);

/* PSMASH: the large entry that the page belongs to becomes 512 entries of 4 KiB. */
void rmp_smash(gpa_t page);
