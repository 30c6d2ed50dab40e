/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/host.h"
#include "runtime/svsm.h"

#define MARK 0x1234567890ABCDEFULL

static u64 work(u64 flags)
{
	return svsm_entry(page_address(PAGE_WORK), flags);
}

static u64 second(u64 flags)
{
	return svsm_entry(page_address(PAGE_SECOND), flags);
}

/* Two entries, of which the first `next` are said to be done. */
static u64 call_two(u64 first, u64 other, u16 next)
{
	u64 list = list_in_calling_area();
	list_entry(list, 0, first);
	list_entry(list, 1, other);
	list_header(list, 2, next);
	return list_call(list);
}

struct flag_case {
	const char *name;
	u64 flags;
};

static const struct flag_case bad_flags[] = {
	{"size 2", 2},
	{"size 3", 3},
	{"size 2, validate", ENTRY_VALIDATE | 2},
	{"size 3, validate, any state", ENTRY_VALIDATE | ENTRY_ANY | 3},
	{"reserved bit 4", 1ULL << 4},
	{"reserved bit 5", 1ULL << 5},
	{"reserved bit 6", 1ULL << 6},
	{"reserved bit 7", 1ULL << 7},
	{"reserved bit 8", 1ULL << 8},
	{"reserved bit 9", 1ULL << 9},
	{"reserved bit 10", 1ULL << 10},
	{"reserved bit 11", 1ULL << 11},
	{"all reserved bits", SVSM_PVALIDATE_RESERVED},
	{"all flag bits", 0xFFF},
};

/*
 * A bad entry behind a good one: the good one is done, next names the bad one, whose page stays what it was. That it is validated is
 * asked before it is touched.
 */
static void test_bad_flags(const struct flag_case *c)
{
	page_fill(PAGE_SECOND, MARK);
	tap_begin();
	tap_expect("RAX", call_two(work(ENTRY_RESCIND), second(c->flags), 0), SVSM_ERR_INVALID_PARAMETER);
	tap_expect("next", list_next(list_in_calling_area()), 1);
	tap_expect("validating the bad entry's page", svsm_validate_one(second(ENTRY_VALIDATE)),
		   SVSM_ERR_CORE_NO_CHANGE);
	tap_expect("content of the bad entry's page", page_value(PAGE_SECOND), MARK);
	tap_expect("RAX of undoing the good entry", svsm_validate_one(work(ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_end("6.2/7 PVALIDATE entry: ", c->name);
}

static void test_resume(void)
{
	page_fill(PAGE_WORK, MARK);
	tap_begin();
	tap_expect("RAX", call_two(work(ENTRY_RESCIND), second(ENTRY_RESCIND), 1), SVSM_SUCCESS);
	tap_expect("next", list_next(list_in_calling_area()), 2);
	tap_expect("validating the page before it", svsm_validate_one(work(ENTRY_VALIDATE)), SVSM_ERR_CORE_NO_CHANGE);
	tap_expect("content of the page before it", page_value(PAGE_WORK), MARK);
	tap_expect("RAX of undoing it", svsm_validate_one(second(ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_end("6.2/5 PVALIDATE list: ", "a stale next skips what is before it, and only that");
}

static void test_double_validation(void)
{
	page_fill(PAGE_WORK, MARK);
	tap_begin();
	tap_expect("RAX", svsm_validate_one(work(ENTRY_VALIDATE)), SVSM_ERR_CORE_NO_CHANGE);
	tap_expect("next", list_next(list_in_calling_area()), 0);
	tap_expect("content", page_value(PAGE_WORK), MARK);
	tap_end("6.2/9 PVALIDATE entry: ", "validating a validated page reports no change");

	tap_begin();
	tap_expect("RAX", svsm_validate_one(work(ENTRY_VALIDATE | ENTRY_ANY)), SVSM_SUCCESS);
	tap_expect("next", list_next(list_in_calling_area()), 1);
	tap_end("6.2/10 PVALIDATE entry: ", "validating a validated page, whatever its state");
}

static void test_double_rescind(void)
{
	tap_begin();
	tap_expect("first RAX", svsm_validate_one(work(ENTRY_RESCIND)), SVSM_SUCCESS);
	tap_expect("RAX", svsm_validate_one(work(ENTRY_RESCIND)), SVSM_ERR_CORE_NO_CHANGE);
	tap_end("6.2/9 PVALIDATE entry: ", "rescinding a page given back reports no change");

	tap_begin();
	tap_expect("RAX", svsm_validate_one(work(ENTRY_RESCIND | ENTRY_ANY)), SVSM_SUCCESS);
	tap_expect("RAX of undoing it", svsm_validate_one(work(ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_end("6.2/10 PVALIDATE entry: ", "rescinding a page given back, whatever its state");
}

static void test_zeroed(void)
{
	page_fill(PAGE_WORK, MARK);
	tap_begin();
	tap_expect("RAX", call_two(work(ENTRY_RESCIND), work(ENTRY_VALIDATE), 0), SVSM_SUCCESS);
	tap_expect("content", page_value(PAGE_WORK), 0);
	page_fill(PAGE_WORK, MARK);
	tap_expect("content after writing", page_value(PAGE_WORK), MARK);
	tap_end("6.2/11 PVALIDATE entry: ", "rescinded and validated, a page is zero and writable");
}

/* The round trip of a driver's buffer: shared with the host and taken back. */
static void test_round_trip(void)
{
	u64 page = page_address(PAGE_WORK);
	page_fill(PAGE_WORK, MARK);
	tap_begin();
	tap_expect("RAX of rescinding", svsm_validate_one(work(ENTRY_RESCIND)), SVSM_SUCCESS);
	tap_expect("page state shared", host_page_state(page, false, PSC_OP_SHARED), true);
	tap_expect("page state private", host_page_state(page, false, PSC_OP_PRIVATE), true);
	tap_expect("RAX of validating", svsm_validate_one(work(ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_expect("content", page_value(PAGE_WORK), 0);
	tap_end("6.2/11 PVALIDATE entry: ", "a page shared and taken back is zero");
}

/*
 * Validated while the host still has it shared: what the processor does then is between it and the host, which may give way. A
 * page that comes out validated is zero; one that does not is refused.
 */
static void test_validate_shared(void)
{
	u64 page = page_address(PAGE_WORK);
	page_fill(PAGE_WORK, MARK);
	tap_begin();
	tap_expect("RAX of rescinding", svsm_validate_one(work(ENTRY_RESCIND)), SVSM_SUCCESS);
	tap_expect("page state shared", host_page_state(page, false, PSC_OP_SHARED), true);
	u64 result = svsm_validate_one(work(ENTRY_VALIDATE));
	if (result != SVSM_SUCCESS) {
		tap_expect("page state private", host_page_state(page, false, PSC_OP_PRIVATE), true);
		tap_expect("RAX of validating then", svsm_validate_one(work(ENTRY_VALIDATE)), SVSM_SUCCESS);
	}
	tap_expect("content", page_value(PAGE_WORK), 0);
	tap_end("6.2/11 PVALIDATE entry: ", "validates a page that the host has shared");
}

/* The calling area is in use by the very call. */
static void test_calling_area_entry(void)
{
	u64 area = svsm_calling_area();
	tap_begin();
	tap_expect("RAX", svsm_validate_one(svsm_entry(area, ENTRY_RESCIND)), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("next", list_next(list_in_calling_area()), 0);
	tap_end("6.2/12 PVALIDATE entry: ", "rescinds the calling area");

	u64 large = area & ~(u64)(LARGE_PAGE_SIZE - 1);
	tap_begin();
	tap_expect("RAX", svsm_validate_one(svsm_entry(large, ENTRY_RESCIND | ENTRY_LARGE)), SVSM_ERR_INVALID_ADDRESS);
	tap_end("6.2/12 PVALIDATE entry: ", "rescinds 2 MiB around the calling area");
}

static void test_bad_address_second(void)
{
	tap_begin();
	tap_expect("RAX", call_two(work(ENTRY_RESCIND), svsm_entry(UINT64_MAX, ENTRY_RESCIND), 0),
		   SVSM_ERR_INVALID_ADDRESS);
	tap_expect("next", list_next(list_in_calling_area()), 1);
	tap_expect("RAX of undoing the good entry", svsm_validate_one(work(ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_end("6.2/6 PVALIDATE entry: ", "foreign memory behind a good entry");
}

void test_entries(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(bad_flags); i++) {
		test_bad_flags(&bad_flags[i]);
	}
	test_resume();
	test_double_validation();
	test_double_rescind();
	test_zeroed();
	test_round_trip();
	test_validate_shared();
	test_calling_area_entry();
	test_bad_address_second();
}
