/* SPDX-License-Identifier: MIT */
/*
 * The SVSM's protocols, rule by rule (docs/conformance.md), from a guest of one or more CPUs: each call gets the specified
 * result, and the SVSM goes on serving. The results come as TAP on the first serial port; then the machine goes off.
 */
#include <copra/psp.h>

#include "base/compiler.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

noreturn_fn void program_main(u64 calling_area, const struct secrets_page *secrets);

void program_main(u64 calling_area, const struct secrets_page *secrets)
{
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	smp_describe(secrets->svsm_guest_vmpl, host_sev_features());
	if (!pages_prepare(secrets)) {
		host_print("Bail out! a page could not be accepted or given back\n");
		host_terminate(PROGRAM_NO_GHCB);
	}
	host_print("# %u CPUs\n", smp_find());
	test_discovery(secrets);
	test_protocols();
	test_calling_area();
	test_addresses();
	test_lists();
	test_entries();
	test_large_pages();
	test_remap();
	test_deposits();
	test_vcpus();
	test_running_vcpus();
	test_races();
	test_attestation();
	test_vtpm();
	test_taken_away();
	tap_finish();
	host_power_off();
}
