/* SPDX-License-Identifier: MIT */
#include <copra/ghcb.h>
#include <copra/sev.h>

#include "base/compiler.h"
#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/host.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

#define SMALL_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
#define HALF (SMALL_PAGES / 2)
#define SIZE_MISMATCH (SVSM_ERR_PROTOCOL_BASE + RMP_FAIL_SIZE_MISMATCH)

struct large_case {
	const char *name;
	u64 address;
	u64 result, or_result; /* where two things are wrong, either */
};

#define BAD_PARAMETER SVSM_ERR_INVALID_PARAMETER
#define BAD_ADDRESS SVSM_ERR_INVALID_ADDRESS

static const struct large_case bad[] = {
	{"misaligned by one page", LARGE_REGION + PAGE_SIZE, BAD_PARAMETER, BAD_PARAMETER},
	{"misaligned by half", LARGE_REGION + LARGE_PAGE_SIZE / 2, BAD_PARAMETER, BAD_PARAMETER},
	{"all frame bits set", UINT64_MAX, BAD_PARAMETER, BAD_ADDRESS},
	{"device memory", 0xFEC00000, BAD_ADDRESS, BAD_ADDRESS},
	{"the last 2 MiB of all", UINT64_MAX - LARGE_PAGE_SIZE + 1, BAD_ADDRESS, BAD_ADDRESS},
};

static void test_bad(const struct large_case *c, u64 action, const char *group)
{
	tap_begin();
	tap_expect_either("RAX", svsm_validate_one(svsm_entry(c->address, action | ENTRY_LARGE)), c->result,
			  c->or_result);
	tap_expect("next", list_next(list_in_calling_area()), 0);
	tap_end(group, c->name);
}

static u64 region(u64 flags)
{
	return svsm_validate_one(svsm_entry(LARGE_REGION, flags | ENTRY_LARGE));
}

/* All 4 KiB pages of the region, in two lists. */
static u64 small_pages(u64 flags)
{
	u64 list = page_address(PAGE_LIST);
	u64 result = SVSM_SUCCESS;
	for (u64 start = 0; start < SMALL_PAGES && result == SVSM_SUCCESS; start += HALF) {
		for (u32 i = 0; i < HALF; i++) {
			list_entry(list, i, svsm_entry(LARGE_REGION + (start + i) * PAGE_SIZE, flags));
		}
		list_header(list, HALF, 0);
		do {
			result = list_call(list);
		} while (result == SVSM_ERR_INCOMPLETE);
	}
	return result;
}

static volatile u64 *region_word(u64 offset)
{
	return memory_at(LARGE_REGION + offset);
}

static void test_size_mismatch(void)
{
	tap_begin();
	tap_expect("page state shared", small_pages(ENTRY_RESCIND | ENTRY_ANY), SVSM_SUCCESS);
	bool small = true;
	for (u64 i = 0; i < SMALL_PAGES; i++) {
		u64 page = LARGE_REGION + i * PAGE_SIZE;
		small &= host_page_state(page, false, PSC_OP_SHARED) && host_page_state(page, false, PSC_OP_PRIVATE);
	}
	tap_expect("page states", small, true);
	tap_expect("RAX", region(ENTRY_VALIDATE), SIZE_MISMATCH);
	tap_expect("next", list_next(list_in_calling_area()), 0);
	tap_expect("RAX of the same by 4 KiB", small_pages(ENTRY_VALIDATE), SVSM_SUCCESS);
	tap_end("6.2/14 PVALIDATE 2 MiB: ", "512 small pages are no large one");
}

static void test_large_round_trip(void)
{
	*region_word(0) = 1;
	tap_begin();
	tap_expect("RAX of rescinding by 4 KiB", small_pages(ENTRY_RESCIND), SVSM_SUCCESS);
	tap_expect("page state shared", host_page_state(LARGE_REGION, true, PSC_OP_SHARED), true);
	tap_expect("page state private", host_page_state(LARGE_REGION, true, PSC_OP_PRIVATE), true);
	tap_expect("RAX", region(ENTRY_VALIDATE), SVSM_SUCCESS);
	tap_expect("next", list_next(list_in_calling_area()), 1);
	tap_expect("first word", *region_word(0), 0);
	tap_expect("last word", *region_word(LARGE_PAGE_SIZE - sizeof(u64)), 0);
	tap_end("6.2/15 PVALIDATE 2 MiB: ", "validated at once, zero from end to end");
}

static void test_large_double(void)
{
	*region_word(LARGE_PAGE_SIZE / 2) = 7;
	tap_begin();
	tap_expect("RAX", region(ENTRY_VALIDATE), SVSM_ERR_CORE_NO_CHANGE);
	tap_expect("content", *region_word(LARGE_PAGE_SIZE / 2), 7);
	tap_end("6.2/16 PVALIDATE 2 MiB: ", "validated twice reports no change");

	tap_begin();
	tap_expect("RAX of rescinding", region(ENTRY_RESCIND), SVSM_SUCCESS);
	tap_expect("RAX of rescinding again", region(ENTRY_RESCIND), SVSM_ERR_CORE_NO_CHANGE);
	tap_expect("RAX of validating", region(ENTRY_VALIDATE), SVSM_SUCCESS);
	tap_expect("content", *region_word(LARGE_PAGE_SIZE / 2), 0);
	tap_end("6.2/16 PVALIDATE 2 MiB: ", "rescinded twice reports no change");
}

/* One 4 KiB page out of a large one: the host splits its entry on the way. */
static void test_split(void)
{
	u64 inside = LARGE_REGION + 17ULL * PAGE_SIZE;
	*region_word(0) = 9;
	tap_begin();
	tap_expect("RAX of rescinding one page", svsm_validate_one(svsm_entry(inside, ENTRY_RESCIND)), SVSM_SUCCESS);
	tap_expect("content next to it", *region_word(0), 9);
	tap_expect("RAX of validating it", svsm_validate_one(svsm_entry(inside, ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_expect("content next to it", *region_word(0), 9);
	tap_end("6.2/17 PVALIDATE 2 MiB: ", "4 KiB taken out of it and put back");
}

void test_large_pages(void)
{
	const struct large_case own = {"the SVSM's memory", svsm_place()->base & ~(u64)(LARGE_PAGE_SIZE - 1),
				       BAD_ADDRESS, BAD_ADDRESS};
	test_bad(&own, ENTRY_VALIDATE, "6.2/13 PVALIDATE 2 MiB: validates ");
	test_bad(&own, ENTRY_RESCIND, "6.2/13 PVALIDATE 2 MiB: rescinds ");
	for (u32 i = 0; i < ARRAY_SIZE(bad); i++) {
		test_bad(&bad[i], ENTRY_VALIDATE, "6.2/13 PVALIDATE 2 MiB: validates ");
		test_bad(&bad[i], ENTRY_RESCIND, "6.2/13 PVALIDATE 2 MiB: rescinds ");
	}
	test_size_mismatch();
	test_large_round_trip();
	test_large_double();
	test_split();
}
