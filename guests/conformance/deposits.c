/* SPDX-License-Identifier: MIT */
/* DEPOSIT_MEM and WITHDRAW_MEM, which an SVSM need not have. */
#include "base/compiler.h"
#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

#define CALLS_MAX 1000U
#define SECRET 0x6B6B6B6B6B6B6B6BULL

static u64 deposit(u64 entry)
{
	u64 list = page_address(PAGE_LIST);
	list_entry(list, 0, entry);
	list_header(list, 1, 0);
	return svsm_core(SVSM_CORE_DEPOSIT_MEM, list, 0, 0);
}

/* Where it is taken all the same, it comes back before it is looked at. */
static void test_refused(const char *rule, const char *name, u64 entry, u64 result)
{
	tap_begin();
	u64 got = deposit(entry);
	tap_expect("RAX", got, result);
	if (got == SVSM_SUCCESS) {
		list_header(page_address(PAGE_SECOND), 0, 0);
		svsm_core(SVSM_CORE_WITHDRAW_MEM, page_address(PAGE_SECOND), 0, 0);
	}
	tap_expect("next", list_next(page_address(PAGE_LIST)), 0);
	tap_end(rule, name);
}

static void test_round(void)
{
	u64 work = page_address(PAGE_WORK);
	u64 list = page_address(PAGE_LIST);
	volatile struct svsm_pvalidate_header *header = memory_at(list);
	page_fill(PAGE_WORK, SECRET);
	tap_begin();
	tap_expect("RAX", deposit(work), SVSM_SUCCESS);
	tap_expect("RAX of depositing it again", deposit(work), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("RAX of rescinding it", svsm_validate_one(svsm_entry(work, ENTRY_RESCIND)),
		   SVSM_ERR_INVALID_ADDRESS);
	tap_end("6.5/4 DEPOSIT_MEM: ", "a page leaves the guest");
	tap_begin();
	list_header(list, 0xFFFF, 0xFFFF); /* is not looked at */
	tap_expect("RAX", svsm_core(SVSM_CORE_WITHDRAW_MEM, list, 0, 0), SVSM_SUCCESS);
	tap_expect("entries", header->entries, 1);
	tap_expect("page", *(volatile u64 *)memory_at(list + sizeof(*header)), work);
	if (header->entries == 1) {
		tap_expect("content", page_value(PAGE_WORK), 0);
	}
	list_header(list, 0, 0);
	tap_expect("RAX of the next", svsm_core(SVSM_CORE_WITHDRAW_MEM, list, 0, 0), SVSM_SUCCESS);
	tap_expect("its entries", header->entries, 0);
	tap_end("6.6/2 WITHDRAW_MEM: ", "it comes back, and clean");
}

static u64 withdraw_at(u64 list)
{
	return svsm_core(SVSM_CORE_WITHDRAW_MEM, list, 0, 0);
}

static void test_bad_lists(void)
{
	u64 list = page_address(PAGE_LIST);
	tap_begin();
	tap_expect("RAX", withdraw_at(list + 4), SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.6/3 WITHDRAW_MEM: ", "list misaligned");
	tap_begin();
	tap_expect("RAX", withdraw_at(list + PAGE_SIZE - sizeof(u64)), SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.6/3 WITHDRAW_MEM: ", "no room for an entry");
	tap_begin();
	tap_expect("RAX", withdraw_at(page_address(PAGE_RESCINDED)), SVSM_ERR_INVALID_ADDRESS);
	tap_end("6.6/3 WITHDRAW_MEM: ", "list in a page given back");
}

/* Each entry is a page of 4 KiB, and the list ends with its page, so that it takes two calls at least. */
static void test_large(void)
{
	u64 list = page_address(PAGE_LIST);
	volatile u64 *entries = memory_at(list + sizeof(struct svsm_pvalidate_header));
	volatile u8 *available = memory_at(svsm_calling_area() + offsetof(struct svsm_calling_area, mem_available));
	u64 pages = 0;
	u64 odd = 0;
	u64 result = SVSM_SUCCESS;
	tap_begin();
	tap_expect("2 MiB in one piece", large_region_renew(), true);
	tap_expect("RAX of depositing 2 MiB", deposit(LARGE_REGION | ENTRY_LARGE), SVSM_SUCCESS);
	for (u32 i = 0; i < CALLS_MAX && result == SVSM_SUCCESS && pages < LARGE_PAGE_SIZE / PAGE_SIZE; i++) {
		result = withdraw_at(list);
		u16 count = ((volatile struct svsm_pvalidate_header *)memory_at(list))->entries;
		for (u32 k = 0; k < count && k < list_capacity(list); k++) {
			odd += entries[k] % PAGE_SIZE != 0 || entries[k] - LARGE_REGION >= LARGE_PAGE_SIZE;
		}
		pages += count;
	}
	tap_expect("RAX", result, SVSM_SUCCESS);
	tap_expect("pages", pages, LARGE_PAGE_SIZE / PAGE_SIZE);
	tap_expect("entries that are none of them", odd, 0);
	tap_expect("mem_available", *available, 0);
	tap_end("6.6/4 WITHDRAW_MEM: ", "2 MiB come back in pages of 4 KiB");
}

void test_deposits(void)
{
	if (deposit(UINT64_MAX) == SVSM_ERR_UNSUPPORTED_CALL) {
		tap_skip("6.5/4 DEPOSIT_MEM: ", "all of it", "it is optional, and this SVSM is without");
		return;
	}
	test_refused("6.5/2 DEPOSIT_MEM: ", "reserved bits", page_address(PAGE_WORK) | 0x8, SVSM_ERR_INVALID_PARAMETER);
	test_refused("6.5/3 DEPOSIT_MEM: ", "a page given back", page_address(PAGE_RESCINDED),
		     SVSM_ERR_INVALID_ADDRESS);
	test_refused("6.5/3 DEPOSIT_MEM: ", "the page that holds the list", page_address(PAGE_LIST),
		     SVSM_ERR_INVALID_ADDRESS);
	test_refused("6.5/3 DEPOSIT_MEM: ", "the calling area", svsm_calling_area(), SVSM_ERR_INVALID_ADDRESS);
	test_round();
	test_bad_lists();
	test_large();
}
