/* SPDX-License-Identifier: MIT */
/* CPUID of ring 3: nothing is offered whose registers are not saved. */
#include "task/user_cpuid.h"

#include "cpu/vectors.h"
#include "task/task_groups.h"
#include "task/task_model.h"

#define XSAVE (1U << 26)
#define OSXSAVE (1U << 27)
#define AVX (1U << 28)
#define AVX2 (1U << 5)

static struct cpuid_page everything(void)
{
	struct cpuid_page page = {.count = 9};
	static const u32 leaves[][2] = {{0, 0},   {1, 0},   {7, 0},           {0xD, 0},        {0xD, 1},
					{0xD, 2}, {0xB, 0}, {0x80000001U, 0}, {0x40000000U, 0}};
	for (u32 i = 0; i < page.count; i++) {
		page.entries[i] = (struct cpuid_entry){
			.eax_in = leaves[i][0],
			.ecx_in = leaves[i][1],
			.eax = UINT32_MAX,
			.ebx = UINT32_MAX,
			.ecx = UINT32_MAX,
			.edx = UINT32_MAX,
		};
	}
	page.entries[5].eax = 256;
	page.entries[5].ebx = 576;
	return page;
}

static int begin(void **state)
{
	struct cpuid_page page = everything();
	model_reset();
	return cpuid_load(&page) == ERR_OK ? 0 : -1;
}

static void without_xsave(void **state)
{
	assert_int_equal(user_cpuid(1, 0, 0).ecx & (XSAVE | OSXSAVE | AVX | 1U << 12 | 1U << 29), 0);
	assert_int_not_equal(user_cpuid(1, 0, 0).ecx & (1U << 25), 0); /* AES */
	assert_int_equal(user_cpuid(7, 0, 0).ebx & AVX2, 0);
	assert_int_equal(user_cpuid(7, 0, 0).ecx & (1U << 9 | 1U << 10), 0);
	for (u32 i = 0; i < 3; i++) {
		struct cpuid_result r = user_cpuid(0xD, i, 0);
		assert_int_equal(r.eax | r.ebx | r.ecx | r.edx, 0);
	}
}

static void with_sse_only(void **state)
{
	assert_int_equal(user_cpuid(1, 0, 3).ecx & (XSAVE | OSXSAVE | AVX), XSAVE | OSXSAVE);
	assert_int_equal(user_cpuid(7, 0, 3).ebx & AVX2, 0);
	assert_int_equal(user_cpuid(0xD, 0, 3).eax, 3);
	assert_int_equal(user_cpuid(0xD, 0, 3).ebx, 576);
	assert_int_equal(user_cpuid(0xD, 2, 3).eax, 0);
}

static void with_avx(void **state)
{
	assert_int_equal(user_cpuid(1, 0, 7).ecx & (XSAVE | OSXSAVE | AVX), XSAVE | OSXSAVE | AVX);
	assert_int_equal(user_cpuid(7, 0, 7).ebx & AVX2, AVX2);
	assert_int_equal(user_cpuid(0xD, 0, 7).ebx, 832);
	assert_int_equal(user_cpuid(0xD, 1, 7).eax, 7);
	assert_int_equal(user_cpuid(0xD, 2, 7).eax, 256);
	assert_int_equal(user_cpuid(0xD, 3, 7).eax, 0);
}

/* FSGSBASE, AVX-512, protection keys, x2APIC, TSC deadline, RDTSCP; the hypervisor's leaves and the topology */
static void never(void **state)
{
	assert_int_equal(user_cpuid(7, 0, 7).ebx & 0xDC230001U, 0);
	assert_int_equal(user_cpuid(7, 0, 7).ecx & 0x18U, 0);
	assert_int_equal(user_cpuid(1, 0, 7).ecx & (1U << 21 | 1U << 24 | 1U << 3), 0);
	assert_int_equal(user_cpuid(0x80000001U, 0, 7).edx & (1U << 27), 0);
	assert_int_equal(user_cpuid(0x40000000U, 0, 7).eax, 0);
	assert_int_equal(user_cpuid(0xB, 0, 7).eax, 0);
	assert_int_equal(user_cpuid(0, 0, 7).eax, UINT32_MAX);
}

static void saves_by_what_is_offered(void **state)
{
	struct vectors area = {0};
	vectors_init();
	assert_int_equal(vectors_xcr0(), 7);
	assert_int_equal(model.cr4, 1U << 9 | 1U << 10 | 1U << 18);
	vectors_reset(&area);
	vectors_load(&area);
	assert_int_equal(model.xcr0, 7);
	assert_int_equal(model.vectors_operation, MODEL_XRSTOR | 7);
	vectors_save(&area);
	assert_int_equal(model.vectors_operation, MODEL_XSAVE | 7);
	assert_int_equal(area.bytes[24] | area.bytes[25] << 8, 0x1F80);
	assert_int_equal(area.bytes[0] | area.bytes[1] << 8, 0x37F);
}

/* AVX registers elsewhere than behind the header: not offered. */
static void refuses_strange_avx(void **state)
{
	struct cpuid_page page = everything();
	page.entries[5].ebx = 1024;
	assert_err(cpuid_load(&page), ERR_OK);
	vectors_init();
	assert_int_equal(vectors_xcr0(), 3);
}

#define TEST(name) cmocka_unit_test_setup(name, begin)

int test_cpuid(void)
{
	const struct CMUnitTest tests[] = {
		TEST(without_xsave),
		TEST(with_sse_only),
		TEST(with_avx),
		TEST(never),
		TEST(saves_by_what_is_offered),
		TEST(refuses_strange_avx),
	};
	return cmocka_run_group_tests_name("cpuid", tests, NULL, NULL);
}
