/* SPDX-License-Identifier: MIT */
/* Pages that the tests work on, and addresses that no call may be given. */
#pragma once

#include <copra/psp.h>

struct page {
	volatile u64 word[PAGE_SIZE / sizeof(u64)];
};
_Static_assert(sizeof(struct page) == PAGE_SIZE, "a page is a page");

/* Ordinary private pages of ours, each with a use of its own. */
enum page_use {
	PAGE_WORK,      /* being validated and rescinded */
	PAGE_SECOND,    /* next to it */
	PAGE_LIST,      /* lists outside of the calling area */
	PAGE_NEW_AREA,  /* another calling area */
	PAGE_VMSA,      /* a VMSA to be */
	PAGE_RESCINDED, /* given back by pages_prepare: no longer validated, never touched */
	PAGE_TAKEN,     /* taken away by the host behind the SVSM's back; never touched after that */
	PAGE_USES,
};

struct page *page_at(enum page_use use);
u64 page_address(enum page_use use);
void page_fill(enum page_use use, u64 value);
/* The one value that all words have, or UINT64_MAX when they differ. */
u64 page_value(enum page_use use);

/* What the secrets page says of the SVSM. SVSM (58019), chapter 4. */
struct svsm_place {
	u64 base, size;
};
const struct svsm_place *svsm_place(void);

/* 2 MiB of RAM, aligned, far from the program. */
#define LARGE_REGION 0x6000000ULL
/* It was split: the host makes it one again, and it is validated, as one where host and SVSM like it. */
bool large_region_renew(void);

/* Addresses that every call must refuse with INVALID_ADDRESS; all page-aligned. */
struct foreign_place {
	const char *name;
	u64 address;
};
/* Fills the table with what is only known at run time and returns it. */
const struct foreign_place *foreign_places(u32 *count);

/* Gives PAGE_RESCINDED back and accepts LARGE_REGION. True when the SVSM took both. */
bool pages_prepare(const struct secrets_page *secrets);
