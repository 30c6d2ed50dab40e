/* SPDX-License-Identifier: MIT */
#include "base/compiler.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/svsm.h"

#define QUERY_CORE 1ULL

static u64 remap(u64 address)
{
	return svsm_core(SVSM_CORE_REMAP_CA, address, 0, 0);
}

struct offset_case {
	const char *name;
	u64 offset;
};

static const struct offset_case misaligned[] = {
	{"misaligned by 1", 1},
	{"misaligned by 8", 8},
	{"misaligned by half a page", PAGE_SIZE / 2},
	{"misaligned by a page less 1", PAGE_SIZE - 1},
};

static void test_misaligned(const struct offset_case *c)
{
	tap_begin();
	tap_expect("RAX", remap(page_address(PAGE_NEW_AREA) + c->offset), SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.1/1 REMAP_CA: ", c->name);
}

static void test_same(void)
{
	tap_begin();
	tap_expect("RAX", remap(svsm_calling_area()), SVSM_SUCCESS);
	tap_end("6.1/3 REMAP_CA: ", "to the same page succeeds");
}

/* Calls are made where it says from now on. */
static bool move(u64 area)
{
	u64 result = remap(area);
	tap_expect("RAX", result, SVSM_SUCCESS);
	if (result == SVSM_SUCCESS) {
		svsm_use(area);
	}
	return result == SVSM_SUCCESS;
}

/* A call pending in the old area is none any more. */
static void expect_left(u64 before)
{
	struct svsm_registers registers = {.rax = SVSM_CORE_QUERY_PROTOCOL, .rcx = QUERY_CORE};
	u64 now = svsm_calling_area();
	u8 after;
	svsm_use(before);
	tap_expect("host", svsm_call_pending(&registers, 1, &after), true);
	tap_expect("call_pending of a call in the old area", after, 1);
	tap_expect("RAX of a call in the old area", registers.rax, SVSM_CORE_QUERY_PROTOCOL);
	svsm_use(now);
}

/* The call that moves the area is answered in the old one. */
static void test_move(void)
{
	u64 before = svsm_calling_area();
	page_fill(PAGE_NEW_AREA, 0);
	tap_begin();
	bool moved = move(page_address(PAGE_NEW_AREA));
	if (moved) {
		expect_left(before);
	}
	tap_end("6.1/4 REMAP_CA: ", "moves the calling area");
	if (!moved) {
		return;
	}

	tap_begin();
	tap_expect("RAX of rescinding the old area", svsm_validate_one(svsm_entry(before, ENTRY_RESCIND)),
		   SVSM_SUCCESS);
	tap_expect("RAX of moving to a page given back", remap(before), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("RAX of validating it", svsm_validate_one(svsm_entry(before, ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_end("6.1/5 REMAP_CA: ", "the old area is an ordinary page again");

	tap_begin();
	move(before);
	tap_end("6.1/4 REMAP_CA: ", "moves it back");
}

void test_remap(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(misaligned); i++) {
		test_misaligned(&misaligned[i]);
	}
	test_same();
	test_move();
}
