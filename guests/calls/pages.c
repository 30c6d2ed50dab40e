/* SPDX-License-Identifier: MIT */
#include "calls/pages.h"

#include <copra/boot.h>

#include "base/compiler.h"
#include "runtime/host.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

_Static_assert(PAGE_USES <= MEMORY_TEST_PAGES, "a page for each use");

struct page *page_at(enum page_use use)
{
	return (struct page *)(uintptr_t)memory_at(page_address(use));
}

u64 page_address(enum page_use use)
{
	return memory_test_pages() + (u64)use * PAGE_SIZE;
}

void page_fill(enum page_use use, u64 value)
{
	struct page *page = page_at(use);
	for (u32 i = 0; i < ARRAY_SIZE(page->word); i++) {
		page->word[i] = value;
	}
}

u64 page_value(enum page_use use)
{
	const struct page *page = page_at(use);
	u64 first = page->word[0];
	for (u32 i = 1; i < ARRAY_SIZE(page->word); i++) {
		if (page->word[i] != first) {
			return UINT64_MAX;
		}
	}
	return first;
}

/* Places of the PC that no board of this kind has RAM at, and the ends of what an address can say. */
static struct foreign_place places[] = {
	{"the SVSM's first page", BOOT_DEFAULT_BASE},
	{"a page inside the SVSM", BOOT_DEFAULT_BASE + BOOT_IMAGE_OFFSET},
	{"the SVSM's last page", BOOT_DEFAULT_BASE + BOOT_DEFAULT_SIZE - PAGE_SIZE},
	{"the local APIC", 0xFEE00000},
	{"the I/O APIC", 0xFEC00000},
	{"far above all RAM", 1ULL << 46},
	{"the last page below 2^52", (1ULL << 52) - PAGE_SIZE},
	{"the very last page", UINT64_MAX - PAGE_SIZE + 1},
	{"a page of ours with the C-bit", 0},
	{"a shared page", 0},
	{"a page given back", 0},
};
enum {
	PLACE_CBIT = 8,
	PLACE_SHARED = 9,
	PLACE_RESCINDED = 10,
};

const struct foreign_place *foreign_places(u32 *count)
{
	u64 info = host_msr_request(GHCB_MSR_SEV_INFO_REQUEST);
	places[PLACE_CBIT].address = page_address(PAGE_SECOND) | 1ULL << ((info >> 24) & 63);
	places[PLACE_SHARED].address = host_ghcb_address();
	places[PLACE_RESCINDED].address = page_address(PAGE_RESCINDED);
	*count = ARRAY_SIZE(places);
	return places;
}

bool pages_prepare(void)
{
	return svsm_validate_one(svsm_entry(page_address(PAGE_RESCINDED), ENTRY_RESCIND)) == SVSM_SUCCESS;
}
