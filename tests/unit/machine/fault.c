/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include "fault/fault.h"
#include "words.h"

static enum err plan(const char *text)
{
	struct span bad;
	return fault_plan_set(span_of_text(text), &bad);
}

static void test_strikes_once(void **state)
{
	u64 argument = 0;
	assert_err(plan("psc-ignored@3"), ERR_OK);
	trace_records = 0;
	assert_false(fault_due(FAULT_PSC_IGNORED, NULL, &argument));
	assert_false(fault_due(FAULT_GHCB_ADDRESS, NULL, &argument));
	assert_false(fault_due(FAULT_PSC_IGNORED, NULL, &argument));
	assert_int_equal(trace_records, 0);
	assert_true(fault_due(FAULT_PSC_IGNORED, NULL, &argument));
	assert_int_equal(trace_records, 1);
	assert_false(fault_due(FAULT_PSC_IGNORED, NULL, &argument));
}

static void test_arguments(void **state)
{
	u64 argument = 0;
	assert_err(plan("remap:0xFF000000,hv-vector@2:40,cpuid-changed:0x8000001F"), ERR_OK);
	assert_true(fault_due(FAULT_REMAP, NULL, &argument));
	assert_int_equal(argument, 0xFF000000);
	assert_false(fault_due(FAULT_HV_VECTOR, NULL, &argument));
	assert_true(fault_due(FAULT_HV_VECTOR, NULL, &argument));
	assert_int_equal(argument, 40);
	assert_true(fault_due(FAULT_CPUID_CHANGED, NULL, &argument));
	assert_int_equal(argument, 0x8000001F);
}

static void test_same_kind_twice(void **state)
{
	u64 argument = 0;
	assert_err(plan("ghcb-address@1,ghcb-address@3"), ERR_OK);
	assert_true(fault_due(FAULT_GHCB_ADDRESS, NULL, &argument));
	assert_false(fault_due(FAULT_GHCB_ADDRESS, NULL, &argument));
	assert_true(fault_due(FAULT_GHCB_ADDRESS, NULL, &argument));
}

/* From its time on, whoever asks. */
static void test_stays(void **state)
{
	assert_err(plan("rights-wait@2"), ERR_OK);
	trace_records = 0;
	assert_false(fault_lasts(FAULT_RIGHTS_WAIT, NULL));
	assert_false(fault_lasts(FAULT_REMAP, NULL));
	assert_true(fault_lasts(FAULT_RIGHTS_WAIT, NULL));
	assert_true(fault_lasts(FAULT_RIGHTS_WAIT, NULL));
	assert_int_equal(trace_records, 1);
}

static void test_waits(void **state)
{
	u64 argument = 0;
	assert_err(plan("inject:0x80,inject-user@2:0x202,inject-user:0x7200000B1D"), ERR_OK);
	assert_true(fault_waits(FAULT_INJECT_USER));
	assert_false(fault_waits(FAULT_REMAP));
	assert_true(fault_due(FAULT_INJECT_USER, NULL, &argument));
	assert_int_equal(argument, 0x7200000B1D);
	assert_true(fault_waits(FAULT_INJECT_USER));
	assert_true(fault_due(FAULT_INJECT_USER, NULL, &argument));
	assert_int_equal(argument, 0x202);
	assert_false(fault_waits(FAULT_INJECT_USER));
	assert_true(fault_waits(FAULT_INJECT));
}

static void test_bad_entries(void **state)
{
	static const char *const entries[] = {
		"remap",
		"remap:",
		"remap@:1",
		"remap@0:1",
		"psc-ignored:1",
		"psc-ignored@",
		"psc-ignored@x",
		"nothing",
		"@1",
		":1",
		"hv-vector@1",
		"remap:1:2",
		"cpuid-changed",
		"ghcb-address@1@2",
		/* They would do nothing, or something else */
		"hv-vector:0",
		"hv-vector:256",
		"psp-busy:0",
		"psp-truncate:4096",
		"psp-alter:32768",
		"psp-alter-request:32768",
		"cpuid-changed:0x100000000",
		"end-ignored:1",
		/* What VMRUN does not take for EVENTINJ, and what is not there in it */
		"inject",
		"inject-user@1",
		"inject:0x1F",
		"inject:0x880",
		"inject:0x203",
		"inject:0xA02",
		"inject:0x302",
		"inject:0x320",
		"inject:0x480",
		"inject-user:0x1080",
		"inject:0x8000030D",
		"inject:0x10000030D",
	};
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct span bad;
		char text[64];
		snprintf(text, sizeof(text), "psc-ignored,%s", entries[i]);
		if (fault_plan_set(span_of_text(text), &bad) != ERR_INPUT || !word_is(bad, entries[i])) {
			fail_msg("'%s' is not refused by its name", entries[i]);
		}
	}
}

static void test_too_many(void **state)
{
	char text[FAULT_ENTRIES_MAX * 16 + 16] = "psc-ignored";
	for (u32 i = 1; i < FAULT_ENTRIES_MAX; i++) {
		strcat(text, ",psc-ignored");
	}
	assert_err(plan(text), ERR_OK);
	strcat(text, ",psc-ignored");
	assert_err(plan(text), ERR_NO_MEMORY);
}

static void test_trace_of_a_bad_plan(void **state)
{
	trace_records = 0;
	assert_err(fault_plan_parse(span_of_text("")), ERR_OK);
	assert_int_equal(trace_records, 0);
	assert_err(fault_plan_parse(span_of_text("remap")), ERR_INPUT);
	assert_int_equal(trace_records, 1);
}

/* At the end each fault that did not strike is named. */
static void test_missed(void **state)
{
	u64 argument = 0;
	assert_err(plan("psc-ignored@2,hv-lost,psp-drop"), ERR_OK);
	assert_false(fault_due(FAULT_PSC_IGNORED, NULL, &argument));
	assert_true(fault_due(FAULT_HV_LOST, NULL, &argument));
	trace_records = 0;
	fault_plan_end();
	assert_int_equal(trace_records, 2);
	assert_err(plan("psc-ignored,nonsense"), ERR_INPUT);
	fault_plan_end();
	assert_int_equal(trace_records, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_strikes_once),
		cmocka_unit_test(test_arguments),
		cmocka_unit_test(test_same_kind_twice),
		cmocka_unit_test(test_stays),
		cmocka_unit_test(test_bad_entries),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_trace_of_a_bad_plan),
		cmocka_unit_test(test_missed),
		cmocka_unit_test(test_waits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
