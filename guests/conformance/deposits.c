/* SPDX-License-Identifier: MIT */
/* DEPOSIT_MEM and WITHDRAW_MEM, which an SVSM need not have. */
#include "base/compiler.h"
#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/memory.h"
#include "runtime/svsm.h"

#define SECRET 0x6B6B6B6B6B6B6B6BULL

static u64 deposit(u64 entry)
{
	u64 list = page_address(PAGE_LIST);
	list_entry(list, 0, entry);
	list_header(list, 1, 0);
	return svsm_core(SVSM_CORE_DEPOSIT_MEM, list, 0, 0);
}

static void test_refused(const char *rule, const char *name, u64 entry, u64 result)
{
	tap_begin();
	tap_expect("RAX", deposit(entry), result);
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
	list_header(list, 0, 0);
	tap_expect("RAX", svsm_core(SVSM_CORE_WITHDRAW_MEM, list, 0, 0), SVSM_SUCCESS);
	tap_expect("entries", header->entries, 1);
	tap_expect("page", *(volatile u64 *)memory_at(list + sizeof(*header)), work);
	tap_expect("content", page_value(PAGE_WORK), 0);
	list_header(list, 0, 0);
	tap_expect("RAX of the next", svsm_core(SVSM_CORE_WITHDRAW_MEM, list, 0, 0), SVSM_SUCCESS);
	tap_expect("its entries", header->entries, 0);
	tap_end("6.6/2 WITHDRAW_MEM: ", "it comes back, and clean");
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
}
