/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include <copra/ghcb.h>

#include "options.h"
#include "trace/trace.h"
#include "words.h"

static enum err parse(const char *text, struct options *options, struct span *bad)
{
	*options = (struct options){0};
	*bad = span_of(NULL, 0);
	return options_parse(span_of_text(text), options, bad);
}

static void test_all_words(void **state)
{
	struct options options;
	struct span bad;
	assert_err(parse("memory=0x40000000 trace=refused,vmpl\ncounters withhold=multi-vmpl,snp,invlpgb\n\ncbit=51 "
			 "dump=0xFF000000:8192 fault=remap:1",
			 &options, &bad),
		   ERR_OK);
	assert_int_equal(options.memory, 0x40000000);
	assert_int_equal(options.trace_classes, TRACE_REFUSED | TRACE_VMPL);
	assert_true(options.counters);
	assert_int_equal(options.withheld_features,
			 GHCB_FEATURE_MULTI_VMPL | GHCB_FEATURE_SNP | OPTIONS_WITHHELD_INVLPGB);
	assert_int_equal(options.cbit, 51);
	assert_true(word_is(options.faults, "remap:1"));
	assert_int_equal(options.dump_start, 0xFF000000);
	assert_int_equal(options.dump_size, 8192);
}

static void test_nothing(void **state)
{
	struct options options;
	struct span bad;
	assert_err(parse("", &options, &bad), ERR_OK);
	assert_err(parse("  \n \n", &options, &bad), ERR_OK);
	assert_int_equal(options.memory, 0);
	assert_false(options.counters);
}

static void test_memory_once(void **state)
{
	struct options options;
	struct span bad;
	assert_err(parse("memory=0x200000 counters memory=0x400000", &options, &bad), ERR_INPUT);
	assert_true(word_is(bad, "memory=0x400000"));
}

static void test_all_classes(void **state)
{
	struct options options;
	struct span bad;
	assert_err(parse("trace=all", &options, &bad), ERR_OK);
	assert_int_equal(options.trace_classes, UINT32_MAX);
}

static void test_bad_words(void **state)
{
	static const char *const words[] = {
		"memory=",
		"memory=0",
		"memory=4096",
		"memory=1G",
		"memory=99999999999999999999",
		"memory=0x",
		"trace=",
		"trace=nothing",
		"trace=vmpl,,io",
		"withhold=all",
		"withhold=",
		"dump=0xFF000000",
		"dump=0xFF000000:0",
		"dump=0xFF000000:4095",
		"dump=0xFFFFFFFFFFFFF000:4096",
		"cbit=31",
		"cbit=52",
		"cbit=x",
		"counter",
		"counters=1",
		"COUNTERS",
		"memory",
		"=",
		"counters,",
	};
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		struct options options;
		struct span bad;
		char text[64];
		snprintf(text, sizeof(text), "counters %s cbit=51", words[i]);
		if (parse(text, &options, &bad) != ERR_INPUT || !word_is(bad, words[i])) {
			fail_msg("'%s' is not refused by its name", words[i]);
		}
	}
}

static void test_numbers(void **state)
{
	u64 value;
	assert_err(word_number(span_of_text("18446744073709551615"), &value), ERR_OK);
	assert_true(value == UINT64_MAX);
	assert_err(word_number(span_of_text("18446744073709551616"), &value), ERR_RANGE);
	assert_err(word_number(span_of_text("0xFfffFFFFffffffff"), &value), ERR_OK);
	assert_true(value == UINT64_MAX);
	assert_err(word_number(span_of_text("0x10000000000000000"), &value), ERR_RANGE);
	assert_err(word_number(span_of_text("12a"), &value), ERR_INPUT);
	assert_err(word_number(span_of_text(""), &value), ERR_INPUT);
	assert_err(word_number(span_of_text("-1"), &value), ERR_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_words),   cmocka_unit_test(test_nothing),
		cmocka_unit_test(test_all_classes), cmocka_unit_test(test_memory_once),
		cmocka_unit_test(test_bad_words),   cmocka_unit_test(test_numbers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
