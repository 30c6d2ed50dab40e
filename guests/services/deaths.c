/* SPDX-License-Identifier: MIT */
/*
 * Has the probe (services/probe) compute while the host takes pages of its away, or injects exceptions into it (--fault remap-user@N,
 * inject-user@N). Each time that is to cost one answer and no more. TAP on the first serial port.
 */
#include "services/probe.h"

#include "base/compiler.h"
#include "conformance/tap.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/svsm.h"

#define REQUESTS 300U
#define REQUESTS_AFTER 20U

noreturn_fn void program_main(u64 calling_area);

static void test_before(void)
{
	tap_begin();
	probe_expect_echo(1);
	tap_end("a request ", "is answered");
}

static void test_deaths(void)
{
	const u8 what = PROBE_ARITHMETIC;
	u32 lost = 0;
	tap_begin();
	for (u32 i = 0; i < REQUESTS; i++) {
		u64 result = probe_ask(&what, 1, NULL);
		if (result != SVSM_SUCCESS) {
			lost++;
			tap_expect("result", result, SVSM_ERR_INVALID_REQUEST);
			probe_expect_echo(2);
		}
	}
	tap_expect("whether any was lost", lost > 0, 1);
	tap_end("a service that dies ", "costs one answer");
	host_print("# %u answers lost\n", lost);
}

static void test_after(void)
{
	const u8 what = PROBE_FRESH;
	tap_begin();
	for (u32 i = 0; i < REQUESTS_AFTER; i++) {
		tap_expect("result", probe_ask(&what, 1, NULL), SVSM_SUCCESS);
		tap_expect("verdict", probe_response()[0], 1);
	}
	tap_end("the one that comes after it ", "serves, with fresh memory");
}

void program_main(u64 calling_area)
{
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	probe_area();
	test_before();
	test_deaths();
	test_after();
	tap_finish();
	host_power_off();
}
