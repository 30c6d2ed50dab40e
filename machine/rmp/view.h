/* SPDX-License-Identifier: MIT */
/* Guest memory as the machine sees it: a page whatever its state, or with the host's rights, which end at what is private. */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/* The machine's pointer to one page of guest RAM, NULL when it is none. Ignores the RMP: the loader's and PSP's view. */
void *memory_page(gpa_t page);

/* The host's view of one page: *pointer is where it lies while it is shared. ERR_RANGE: it is no RAM, ERR_STATE: it is private. */
err_t memory_shared_page(gpa_t page, u8 **pointer);

/*
 * The host's view of guest memory: copies n bytes from or to shared (unassigned) pages, page by page. ERR_RANGE when a
 * byte is not RAM, ERR_STATE when a page is private; nothing is copied then.
 */
err_t memory_read_shared(gpa_t from, void *to, size_t n);
err_t memory_write_shared(gpa_t to, const void *from, size_t n);
