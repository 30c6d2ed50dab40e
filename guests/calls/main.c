/* SPDX-License-Identifier: MIT */
/*
 * Malformed calls to the SVSM from VMPL2: each must get the specified result, and the SVSM must go on serving.
 * The results come as TAP on the first serial port; then the program powers the machine off.
 */
#include "base/compiler.h"
#include "calls/pages.h"
#include "calls/tap.h"
#include "calls/tests.h"
#include "runtime/host.h"
#include "runtime/svsm.h"

noreturn_fn void program_main(u64 calling_area);

void program_main(u64 calling_area)
{
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	if (!pages_prepare()) {
		host_print("Bail out! a page could not be given back\n");
		host_terminate(PROGRAM_NO_GHCB);
	}
	test_protocols();
	test_calling_area();
	test_addresses();
	test_lists();
	test_entries();
	test_large_pages();
	test_remap();
	test_vcpus();
	test_taken_away();
	tap_finish();
	host_power_off();
}
