/* SPDX-License-Identifier: MIT */
/* The buffer of page-state changes, GHCB (56421) section 4.1.6. */
#pragma once

#include <copra/ghcb.h>

#include "base/addr.h"

/* One entry of the buffer, taken apart. */
struct psc_entry {
	u64 page; /* GPA */
	u32 done; /* 4 KiB pages of it that are done */
	u32 pages;
	u32 op;
	enum page_size size;
};

/* Header rules: true when it names entries that a buffer can hold. */
bool psc_header_valid(const struct psc_header *header);

/* Takes an entry apart. False: reserved bits, an unknown operation, misaligned, or more done than there is. */
bool psc_entry_decode(u64 raw, struct psc_entry *entry);
