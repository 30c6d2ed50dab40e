/* SPDX-License-Identifier: MIT */
/*
 * Asks the probe (services/probe), which stands in for the vTPM, to go through every door of ring 3. The results come as TAP on the
 * first serial port; what the probe noted of its system calls comes as a line "transcript: ...".
 */
#include "services/probe.h"

#include "base/compiler.h"
#include "conformance/tap.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/svsm.h"

#define LOOPS 5U

noreturn_fn void program_main(u64 calling_area);

static void test_echo(void)
{
	tap_begin();
	probe_expect_echo(7);
	tap_end("a request ", "is answered");
}

static void test_task(u8 what, const char *name)
{
	tap_begin();
	tap_expect("result", probe_ask(&what, 1, NULL), SVSM_SUCCESS);
	tap_expect("verdict", probe_response()[0], 1);
	probe_expect_echo(what);
	tap_end("ring 3 ", name);
}

static void test_door(u8 number)
{
	static char name[] = "number 00";
	const u8 door[] = {PROBE_DOOR, number};
	name[7] = (char)('0' + number / 10);
	name[8] = (char)('0' + number % 10);
	tap_begin();
	tap_expect("result", probe_ask(door, sizeof(door), NULL), SVSM_ERR_INVALID_REQUEST);
	probe_expect_echo(number);
	tap_end("a closed door, ", name);
}

static void test_late_death(void)
{
	const u8 what = PROBE_LATE_DEATH;
	u32 calls = 0;
	tap_begin();
	tap_expect("result", probe_ask(&what, 1, &calls), SVSM_ERR_INVALID_REQUEST);
	tap_expect("took more than one call", calls > 1, 1);
	probe_expect_echo(what);
	tap_end("a death in the middle of a request ", "costs one answer");
}

/* The last one: nothing but time ends it. */
static void test_loop(void)
{
	const u8 what = PROBE_LOOP;
	const u8 echo = PROBE_ECHO;
	tap_begin();
	for (u32 i = 0; i < LOOPS; i++) {
		tap_expect("result", probe_ask_once(&what, 1), SVSM_ERR_INCOMPLETE);
		tap_expect("another's result", probe_ask_once(&echo, 1), SVSM_ERR_BUSY);
	}
	tap_end("an endless loop ", "is interrupted");
}

static void print_transcript(void)
{
	const u8 what = PROBE_TRANSCRIPT;
	u64 result = probe_ask(&what, 1, NULL);
	host_print("transcript: ");
	for (u32 i = 0; result == SVSM_SUCCESS && i < probe_response_size(); i++) {
		host_print("%x%x", probe_response()[i] >> 4, probe_response()[i] & 0xFU);
	}
	host_print("\n");
}

void program_main(u64 calling_area)
{
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	test_echo();
	print_transcript();
	probe_area();
	test_task(PROBE_ARITHMETIC, "keeps its vector registers");
	test_task(PROBE_FLAGS, "may do as it likes with its flags");
	test_task(PROBE_HOST, "cannot have the host do anything");
	test_task(PROBE_MEMORY, "gets no more memory than its share");
	test_task(PROBE_FRESH, "finds nothing in new memory");
	for (u8 number = 0; number < PROBE_DOOR_COUNT; number++) {
		test_door(number);
	}
	test_late_death();
	test_task(PROBE_FRESH, "finds nothing of those before it");
	test_loop();
	tap_finish();
	host_power_off();
}
