/* SPDX-License-Identifier: MIT */
/* What the rooms of the fake platform share. */
#pragma once

#include "platform/fake/fake.h"

/* Held around everything below; not recursive. */
void model_lock(void);
void model_unlock(void);

void memory_reset(void);
void window_reset(void);
void run_reset(void);

struct fake_entry *memory_entry(u64 address);              /* of that 4 KiB page itself */
struct fake_entry *memory_effective_entry(u64 address);    /* the one that speaks for it */
void memory_split(u64 address);                            /* PSMASH of the 2 MiB page that holds it */
void memory_assign(u64 start, u64 pages, bool is_private); /* the host's RMPUPDATE; content becomes garbage */
void memory_replace(u64 page);                             /* puts another page in its place */
bool memory_is_replaced(u64 page);                         /* the host has put another in its place */
void memory_clear(u64 address, u64 bytes);
void memory_map_window(void *window, u64 address, enum page_size size, bool accessible);
void memory_unmap_window(void *window);

/* The open window at this address and its page; ends the program when there is none of that size. */
u64 window_page(const void *address, enum page_size size);
/* The page of the open window that holds these bytes; ends the program when they are in none. */
u64 window_page_at(const void *address, u64 bytes);
void window_protect(const void *address, bool accessible);

/* Copies that no sanitizer looks at: what two CPUs do to guest memory at once is none of its business. */
void bytes_copy(void *to, const void *from, size_t n);

/* Runs one of the hooks of struct fake, if it is there, and takes it away. Without the lock. */
void another_acts(fake_guest_fn **hook);

/* A less privileged VMPL may still use translations that have lost rights, until the flush. */
extern _Thread_local bool translations_stale;
