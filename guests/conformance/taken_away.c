/* SPDX-License-Identifier: MIT */
/* Pages that the host took away at our own request, without our having given them back to the SVSM first. */
#include <copra/ghcb.h>

#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/host.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

/* An access makes the host give another page back, one that is not validated; so it is taken anew for each case. */
static void begin(void)
{
	tap_begin();
	tap_expect("host", host_page_state(page_address(PAGE_TAKEN), false, PSC_OP_SHARED), true);
}

static void test_entries_of_it(void)
{
	u64 page = page_address(PAGE_TAKEN);
	begin();
	tap_expect("RAX of rescinding", svsm_validate_one(svsm_entry(page, ENTRY_RESCIND)), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("RAX again", svsm_validate_one(svsm_entry(page, ENTRY_RESCIND)), SVSM_ERR_INVALID_ADDRESS);
	tap_end("6.2/18 a page that the host has taken: ", "cannot be rescinded");

	begin();
	tap_expect("RAX of validating", svsm_validate_one(svsm_entry(page, ENTRY_VALIDATE)), SVSM_ERR_CORE_NO_CHANGE);
	tap_end("6.2/18 a page that the host has taken: ", "is not validated a second time");
}

static void test_uses_of_it(void)
{
	u64 page = page_address(PAGE_TAKEN);
	begin();
	tap_expect("RAX", list_call(page), SVSM_ERR_INVALID_ADDRESS);
	tap_end("6.2/18 a page that the host has taken: ", "as a list");

	begin();
	tap_expect("RAX", svsm_core(SVSM_CORE_REMAP_CA, page, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	tap_end("6.1/6 a page that the host has taken: ", "as the calling area");

	/* Where there is no second CPU its APIC ID is refused before. */
	begin();
	tap_expect_either("RAX", svsm_core(SVSM_CORE_CREATE_VCPU, page, page_address(PAGE_SECOND), smp_apic_id(1)),
			  SVSM_ERR_INVALID_ADDRESS, SVSM_ERR_INVALID_PARAMETER);
	tap_end("6.3/7 a page that the host has taken: ", "as a VMSA");
}

void test_taken_away(void)
{
	test_entries_of_it();
	test_uses_of_it();
}
