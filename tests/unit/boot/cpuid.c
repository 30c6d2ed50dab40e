/* SPDX-License-Identifier: MIT */
/* The CPUID page: what is refused, and which entry answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/cpuid.h"
#include "platform/snp/processor.h"

static struct cpuid_page good_page(void)
{
	const struct cpuid_page page = {
		.count = 6,
		.entries =
			{
				{.eax_in = 1, .ecx = 1U << 30},
				{.eax_in = 7, .ecx_in = 0, .ebx = 0x77},
				{.eax_in = 7, .ecx_in = 1, .ebx = 0x78},
				{.eax_in = 0x80000001, .edx = 1U << 20},
				{.eax_in = 0x80000008, .ebx = 1U << 3},
				{.eax_in = 0x8000001F, .eax = 1U << 4, .ebx = 51},
			},
	};
	return page;
}

static void accepts_good(void **state)
{
	struct cpuid_page page = good_page();
	assert_int_equal(cpuid_load(&page), ERR_OK);
	assert_int_equal(cpuid_find(7, 0).ebx, 0x77);
	assert_int_equal(cpuid_find(7, 1).ebx, 0x78);
	assert_int_equal(cpuid_find(7, 2).ebx, 0);
	/* A leaf without sub-leaves answers whatever ECX is. */
	assert_int_equal(cpuid_find(0x8000001F, 5).ebx, 51);
	assert_int_equal(cpuid_find(0x12345, 0).eax, 0);
}

static void keeps_a_copy(void **state)
{
	struct cpuid_page page = good_page();
	assert_int_equal(cpuid_load(&page), ERR_OK);
	page.entries[5].ebx = 47;
	assert_int_equal(cpuid_find(0x8000001F, 0).ebx, 51);
	assert_int_equal(cpuid_table()->count, 6);
}

static void refuses_malformed(void **state)
{
	struct cpuid_page page = good_page();
	page.count = 0;
	assert_int_equal(cpuid_load(&page), ERR_INPUT);
	page.count = CPUID_PAGE_MAX_ENTRIES + 1;
	assert_int_equal(cpuid_load(&page), ERR_INPUT);
	page.count = UINT32_MAX;
	assert_int_equal(cpuid_load(&page), ERR_INPUT);
	assert_int_equal(cpuid_find(1, 0).ecx, 0);
	page = good_page();
	page.reserved_04 = 1;
	assert_int_equal(cpuid_load(&page), ERR_INPUT);
	page = good_page();
	page.reserved_08 = 1;
	assert_int_equal(cpuid_load(&page), ERR_INPUT);
	page = good_page();
	page.entries[2].reserved = 1;
	assert_int_equal(cpuid_load(&page), ERR_INPUT);
}

static void refuses_missing_features(void **state)
{
	static const u32 needed[] = {0, 3};
	for (size_t i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		struct cpuid_page page = good_page();
		page.entries[needed[i]].eax_in = 0x99;
		assert_int_equal(cpuid_load(&page), ERR_UNSUPPORTED);
		assert_int_equal(processor_load(&page), ERR_UNSUPPORTED);
	}
}

static void refuses_missing_snp(void **state)
{
	struct cpuid_page page = good_page();
	assert_int_equal(processor_load(&page), ERR_OK);
	page.entries[5].eax_in = 0x99;
	assert_int_equal(cpuid_load(&page), ERR_OK);
	assert_int_equal(processor_load(&page), ERR_UNSUPPORTED);
	page.count = 0;
	assert_int_equal(processor_load(&page), ERR_INPUT);
}

static void does_without_invlpgb(void **state)
{
	struct cpuid_page page = good_page();
	assert_int_equal(processor_load(&page), ERR_OK);
	assert_true(processor_flushes_others());
	page.entries[4].eax_in = 0x99;
	assert_int_equal(processor_load(&page), ERR_OK);
	assert_false(processor_flushes_others());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accepts_good),        cmocka_unit_test(keeps_a_copy),
		cmocka_unit_test(refuses_malformed),   cmocka_unit_test(refuses_missing_features),
		cmocka_unit_test(refuses_missing_snp), cmocka_unit_test(does_without_invlpgb),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
