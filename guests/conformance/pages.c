/* SPDX-License-Identifier: MIT */
#include "conformance/pages.h"

#include <copra/sev.h>

#include "base/compiler.h"
#include "runtime/host.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

_Static_assert(PAGE_USES <= MEMORY_TEST_PAGES, "a page for each use");

static struct svsm_place svsm;

const struct svsm_place *svsm_place(void)
{
	return &svsm;
}

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
	{"the SVSM's first page", 0},
	{"a page inside the SVSM", 0},
	{"the SVSM's last page", 0},
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
	PLACE_SVSM_FIRST = 0,
	PLACE_SVSM_INSIDE = 1,
	PLACE_SVSM_LAST = 2,
	PLACE_CBIT = 8,
	PLACE_SHARED = 9,
	PLACE_RESCINDED = 10,
};

const struct foreign_place *foreign_places(u32 *count)
{
	u64 info = host_msr_request(GHCB_MSR_SEV_INFO_REQUEST);
	places[PLACE_SVSM_FIRST].address = svsm.base;
	places[PLACE_SVSM_INSIDE].address = (svsm.base + svsm.size / 2) & ~(u64)(PAGE_SIZE - 1);
	places[PLACE_SVSM_LAST].address = svsm.base + svsm.size - PAGE_SIZE;
	places[PLACE_CBIT].address = page_address(PAGE_SECOND) | 1ULL << ((info >> 24) & 63);
	places[PLACE_SHARED].address = host_ghcb_address();
	places[PLACE_RESCINDED].address = page_address(PAGE_RESCINDED);
	*count = ARRAY_SIZE(places);
	return places;
}

/* At once where host and SVSM like it, else page by page. */
static bool accept_large_region(void)
{
	u64 flags = ENTRY_VALIDATE | ENTRY_ANY;
	if (!host_page_state(LARGE_REGION, true, PSC_OP_PRIVATE)) {
		return false;
	}
	u64 result = svsm_validate_one(svsm_entry(LARGE_REGION, flags | ENTRY_LARGE));
	if (result != SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_SIZE_MISMATCH) {
		return result == SVSM_SUCCESS;
	}
	result = SVSM_SUCCESS;
	for (u64 page = LARGE_REGION; page < LARGE_REGION + LARGE_PAGE_SIZE && result == SVSM_SUCCESS;
	     page += PAGE_SIZE) {
		result = svsm_validate_one(svsm_entry(page, flags));
	}
	return result == SVSM_SUCCESS;
}

bool large_region_renew(void)
{
	bool good = true;
	for (u64 page = LARGE_REGION; page < LARGE_REGION + LARGE_PAGE_SIZE; page += PAGE_SIZE) {
		good &= svsm_validate_one(svsm_entry(page, ENTRY_RESCIND | ENTRY_ANY)) == SVSM_SUCCESS;
	}
	return good && host_page_state(LARGE_REGION, true, PSC_OP_SHARED) && accept_large_region();
}

bool pages_prepare(const struct secrets_page *secrets)
{
	svsm = (struct svsm_place){.base = secrets->svsm_base, .size = secrets->svsm_size};
	return accept_large_region() &&
	       svsm_validate_one(svsm_entry(page_address(PAGE_RESCINDED), ENTRY_RESCIND)) == SVSM_SUCCESS;
}
