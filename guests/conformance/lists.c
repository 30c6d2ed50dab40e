/* SPDX-License-Identifier: MIT */
#include "conformance/lists.h"

#include "base/compiler.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

#define ANYTHING 0x4242U

u64 list_in_calling_area(void)
{
	return svsm_calling_area() + sizeof(struct svsm_calling_area);
}

void list_header(u64 list, u16 entries, u16 next)
{
	volatile struct svsm_pvalidate_header *header = memory_at(list);
	header->entries = entries;
	header->next = next;
	header->reserved = 0;
}

void list_entry(u64 list, u32 index, u64 entry)
{
	volatile u64 *entries = memory_at(list + sizeof(struct svsm_pvalidate_header));
	entries[index] = entry;
}

u16 list_next(u64 list)
{
	volatile struct svsm_pvalidate_header *header = memory_at(list);
	return header->next;
}

u64 list_call(u64 list)
{
	return svsm_core(SVSM_CORE_PVALIDATE, list, 0, 0);
}

struct header_case {
	const char *name;
	u16 offset; /* of the list in PAGE_LIST */
	u16 entries, next;
};

static const struct header_case bad_headers[] = {
	{"no entries", 0, 0, 0},
	{"no entries, next 1", 0, 0, 1},
	{"next = entries", 0, 2, 2},
	{"next beyond entries", 0, 2, 3},
	{"next 65535", 0, 2, 0xFFFF},
	{"one entry more than fits behind a calling area's header", 8, 511, 0},
	{"one entry more than fits in a page", 0, 512, 0},
	{"65535 entries", 0, 0xFFFF, 0},
	{"65535 entries, next 65534", 0, 0xFFFF, 0xFFFE},
	{"a header at the end of its page, the entry in the next", 4088, 1, 0},
};

/* The entries are harmless, so that only the header can be what is refused. */
static void test_bad_header(const struct header_case *c)
{
	u64 list = page_address(PAGE_LIST) + c->offset;
	u64 harmless = svsm_entry(page_address(PAGE_WORK), ENTRY_VALIDATE | ENTRY_ANY);
	page_fill(PAGE_LIST, harmless);
	page_fill(PAGE_WORK, ANYTHING);
	list_header(list, c->entries, c->next);
	tap_begin();
	tap_expect("RAX", list_call(list), SVSM_ERR_INVALID_PARAMETER);
	tap_expect("next", list_next(list), c->next);
	tap_expect("the page's content", page_value(PAGE_WORK), ANYTHING);
	tap_end("6.2/3 PVALIDATE list: ", c->name);
}

static void test_misaligned(u64 offset, const char *name)
{
	page_fill(PAGE_LIST, 0);
	list_header(page_address(PAGE_LIST), 1, 0);
	tap_begin();
	tap_expect("RAX", list_call(page_address(PAGE_LIST) + offset), SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.2/1 PVALIDATE list: ", name);
}

/* As many entries as fit, all good: rescind and validate one page in turn. */
static void test_full(u64 list, const char *name)
{
	u32 capacity = list_capacity(list);
	u64 page = page_address(PAGE_WORK);
	for (u32 i = 0; i < capacity; i++) {
		list_entry(list, i, svsm_entry(page, i % 2 ? ENTRY_VALIDATE : ENTRY_RESCIND));
	}
	list_header(list, (u16)capacity, 0);
	tap_begin();
	u64 result = list_call(list);
	for (u32 i = 0; i < capacity && result == SVSM_ERR_INCOMPLETE; i++) {
		result = list_call(list);
	}
	tap_expect("RAX", result, SVSM_SUCCESS);
	tap_expect("next", list_next(list), capacity);
	svsm_validate_one(svsm_entry(page, ENTRY_VALIDATE | ENTRY_ANY));
	tap_end("6.2/4 PVALIDATE list: ", name);
}

/* A list that gives back the very page it stands in. What it answers is open; it must not hurt the SVSM. */
static void test_own_page(void)
{
	u64 list = page_address(PAGE_LIST);
	list_entry(list, 0, svsm_entry(list, ENTRY_RESCIND));
	list_entry(list, 1, svsm_entry(page_address(PAGE_WORK), ENTRY_VALIDATE | ENTRY_ANY));
	list_header(list, 2, 0);
	tap_begin();
	list_call(list);
	tap_expect("RAX of validating it again", svsm_validate_one(svsm_entry(list, ENTRY_VALIDATE | ENTRY_ANY)),
		   SVSM_SUCCESS);
	tap_end("6.2/12 PVALIDATE list: ", "rescinds the page it stands in");
}

void test_lists(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(bad_headers); i++) {
		test_bad_header(&bad_headers[i]);
	}
	test_misaligned(1, "address 1 byte off");
	test_misaligned(4, "address 4 bytes off");
	test_misaligned(PAGE_SIZE - 4, "address 4 bytes before the page's end");
	test_full(list_in_calling_area(), "510 entries in the calling area");
	test_full(page_address(PAGE_LIST), "511 entries in a page of its own");
	test_own_page();
}
