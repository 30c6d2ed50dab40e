/* SPDX-License-Identifier: MIT */
/*
 * Asks the probe (services/probe), which stands in for the vTPM, to go through every door of ring 3. The results come as TAP on the
 * first serial port; what the probe noted of its system calls comes as a line "transcript: ...".
 */
#include <copra/probe.h>
#include <copra/svsm.h>

#include "base/compiler.h"
#include "conformance/tap.h"
#include "runtime/host.h"
#include "runtime/svsm.h"

#define REPEATS_MAX 20000U
#define LOOPS 5U

noreturn_fn void program_main(u64 calling_area);

/* Request and response of SVSM_VTPM_CMD (58019, section 8.2) */
static u8 buffer[PAGE_SIZE] aligned_to(PAGE_SIZE);
/* Another calling area than the boot's, so that a call takes a slice and no more. */
static u8 area[PAGE_SIZE] aligned_to(PAGE_SIZE);

static u64 ask_once(const u8 *bytes, u32 n)
{
	struct svsm_vtpm_request *head = (struct svsm_vtpm_request *)buffer;
	struct svsm_registers registers = {
		.rax = (u64)SVSM_PROTOCOL_VTPM << 32 | SVSM_VTPM_CMD,
		.rcx = (u64)buffer,
	};
	*head = (struct svsm_vtpm_request){.command = SVSM_VTPM_SEND_COMMAND, .size = n};
	for (u32 i = 0; i < n; i++) {
		buffer[sizeof(*head) + i] = bytes[i];
	}
	return svsm_call(&registers) == SVSM_ANSWERED ? registers.rax : UINT64_MAX;
}

/* Repeats the call while the service computes. *calls (may be NULL): how often it was made. */
static u64 ask(const u8 *bytes, u32 n, u32 *calls)
{
	u64 result = SVSM_ERR_INCOMPLETE;
	u32 i = 0;
	for (; i < REPEATS_MAX && (result == SVSM_ERR_INCOMPLETE || result == SVSM_ERR_BUSY); i++) {
		result = ask_once(bytes, n);
	}
	if (calls != NULL) {
		*calls = i;
	}
	return result;
}

static u32 response_size(void)
{
	return ((const struct svsm_vtpm_response *)buffer)->size;
}

static const u8 *response(void)
{
	return buffer + sizeof(struct svsm_vtpm_response);
}

/* Part of each test: whatever happened, the service answers the next one who asks. */
static void expect_echo(u8 mark)
{
	const u8 echo[] = {PROBE_ECHO, mark};
	tap_expect("echo, result", ask(echo, sizeof(echo), NULL), SVSM_SUCCESS);
	tap_expect("echo, size", response_size(), sizeof(echo));
	tap_expect("echo, text", response()[1], mark);
}

static void test_echo(void)
{
	tap_begin();
	expect_echo(7);
	tap_end("a request ", "is answered");
}

static void test_task(u8 what, const char *name)
{
	tap_begin();
	tap_expect("result", ask(&what, 1, NULL), SVSM_SUCCESS);
	tap_expect("verdict", response()[0], 1);
	expect_echo(what);
	tap_end("ring 3 ", name);
}

static void test_door(u8 number)
{
	static char name[] = "number 00";
	const u8 door[] = {PROBE_DOOR, number};
	name[7] = (char)('0' + number / 10);
	name[8] = (char)('0' + number % 10);
	tap_begin();
	tap_expect("result", ask(door, sizeof(door), NULL), SVSM_ERR_INVALID_REQUEST);
	expect_echo(number);
	tap_end("a closed door, ", name);
}

static void test_late_death(void)
{
	const u8 what = PROBE_LATE_DEATH;
	u32 calls = 0;
	tap_begin();
	tap_expect("result", ask(&what, 1, &calls), SVSM_ERR_INVALID_REQUEST);
	tap_expect("took more than one call", calls > 1, 1);
	expect_echo(what);
	tap_end("a death in the middle of a request ", "costs one answer");
}

/* The last one: nothing but time ends it. */
static void test_loop(void)
{
	const u8 what = PROBE_LOOP;
	const u8 echo = PROBE_ECHO;
	tap_begin();
	for (u32 i = 0; i < LOOPS; i++) {
		tap_expect("result", ask_once(&what, 1), SVSM_ERR_INCOMPLETE);
		tap_expect("another's result", ask_once(&echo, 1), SVSM_ERR_BUSY);
	}
	tap_end("an endless loop ", "is interrupted");
}

static void print_transcript(void)
{
	const u8 what = PROBE_TRANSCRIPT;
	u64 result = ask(&what, 1, NULL);
	host_print("transcript: ");
	for (u32 i = 0; result == SVSM_SUCCESS && i < response_size(); i++) {
		host_print("%x%x", response()[i] >> 4, response()[i] & 0xFU);
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
	if (svsm_core(SVSM_CORE_REMAP_CA, (u64)area, 0, 0) != SVSM_SUCCESS) {
		host_print("Bail out! no other calling area\n");
		host_power_off();
	}
	svsm_use((u64)area);
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
