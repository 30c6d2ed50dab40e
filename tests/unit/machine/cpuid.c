/* SPDX-License-Identifier: MIT */
/* CPUID as guests get it, made from whatever processor runs this test. */
#include "machine.h"

#include <copra/sev.h>

#include "cpu/fpu.h"
#include "cpu/probe.h"
#include "mm/memory.h"
#include "options.h"
#include "psp/cpuid.h"

static bool has_xsave;
static bool has_cmpxchg16b;

bool fpu_has_xsave(void)
{
	return has_xsave;
}

bool probe_cmpxchg16b_works(void)
{
	return has_cmpxchg16b;
}

static struct options options;

const struct options *options_get(void)
{
	return &options;
}

u32 memory_cbit(void)
{
	return 51;
}

static struct cpuid_page page;

static const struct cpuid_entry *find(u32 leaf, u32 subleaf)
{
	for (u32 i = 0; i < page.count; i++) {
		if (page.entries[i].eax_in == leaf && page.entries[i].ecx_in == subleaf) {
			return &page.entries[i];
		}
	}
	fail_msg("no entry for leaf 0x%x, subleaf %u", leaf, subleaf);
	return NULL;
}

static int setup_page(void **state)
{
	has_xsave = true;
	has_cmpxchg16b = true;
	cpuid_page_fill(&page);
	return 0;
}

static void test_shape(void **state)
{
	assert_in_range(page.count, 1, CPUID_PAGE_MAX_ENTRIES);
	for (u32 i = 0; i < page.count; i++) {
		const struct cpuid_entry *entry = &page.entries[i];
		assert_int_equal(entry->reserved, 0);
		assert_int_equal(entry->xss_in, 0);
		for (u32 other = i + 1; other < page.count; other++) {
			assert_false(page.entries[other].eax_in == entry->eax_in &&
				     page.entries[other].ecx_in == entry->ecx_in);
		}
	}
}

static void test_limits(void **state)
{
	assert_in_range(find(0, 0)->eax, 0xB, 0xD);
	assert_int_equal(find(0x80000000, 0)->eax, CPUID_SEV);
	assert_in_range(find(0x80000008, 0)->eax >> 8 & 0xFF, 1, 48);
}

static void test_sev(void **state)
{
	const struct cpuid_entry *sev = find(CPUID_SEV, 0);
	u32 needed = CPUID_SEV_EAX_SEV | CPUID_SEV_EAX_SEV_ES | CPUID_SEV_EAX_SNP | CPUID_SEV_EAX_VMPL;
	assert_int_equal(sev->eax & needed, needed);
	assert_int_equal(sev->eax & CPUID_SEV_EAX_SVSM, 0); /* the guest's own handler adds it */
	assert_int_equal(sev->ebx & CPUID_SEV_EBX_CBIT_MASK, 51);
	assert_int_equal(sev->ebx >> CPUID_SEV_EBX_VMPLS_SHIFT & 0xF, VMPL_COUNT);
}

static void test_hypervisor(void **state)
{
	const struct cpuid_entry *entry = find(0x40000000, 0);
	const u32 signature[3] = {entry->ebx, entry->ecx, entry->edx};
	assert_memory_equal(signature, "KVMKVMKVM\0\0\0", sizeof(signature));
	assert_int_equal(find(0x40000001, 0)->eax, 1U << 3 | 1U << 24);
	assert_true((find(1, 0)->ecx & 1U << 31) != 0);
}

static void test_hidden(void **state)
{
	assert_int_equal(find(7, 0)->ebx & 1U << 16, 0);         /* AVX-512 */
	assert_int_equal(find(7, 0)->ecx & 1U << 16, 0);         /* LA57 */
	assert_int_equal(find(0x80000001, 0)->ecx & 1U << 2, 0); /* SVM */
	assert_int_equal(find(1, 0)->ecx & 1U << 3, 0);          /* MONITOR */
	assert_true((find(0x80000008, 0)->ebx & 1U << 3) != 0);  /* INVLPGB */
}

static void test_invlpgb_withheld(void **state)
{
	options.withheld_features = OPTIONS_WITHHELD_INVLPGB;
	cpuid_page_fill(&page);
	assert_int_equal(find(0x80000008, 0)->ebx & 1U << 3, 0);
	assert_int_equal(find(0x80000008, 0)->edx, 0);
	assert_false(cpuid_has_invlpgb());
	options.withheld_features = 0;
	setup_page(state);
}

static void test_without_xsave(void **state)
{
	const u32 bits = 1U << 12 | 1U << 13 | 1U << 26 | 1U << 28; /* FMA, CMPXCHG16B, XSAVE, AVX */
	has_xsave = false;
	has_cmpxchg16b = false;
	cpuid_page_fill(&page);
	assert_int_equal(find(0, 0)->eax, 0xC);
	assert_int_equal(find(1, 0)->ecx & bits, 0);
	assert_int_equal(find(7, 0)->ebx & 1U << 5, 0); /* AVX2 */
	for (u32 i = 0; i < page.count; i++) {
		assert_int_not_equal(page.entries[i].eax_in, 0xD);
	}
	setup_page(state);
}

static void test_ghcb_agrees(void **state)
{
	for (u32 i = 0; i < page.count; i++) {
		const struct cpuid_entry *entry = &page.entries[i];
		struct cpuid_result r = cpuid_guest(entry->eax_in, entry->ecx_in, entry->xcr0_in);
		bool per_cpu = entry->eax_in == 1 || entry->eax_in == 0xB || entry->eax_in == 0x8000001E;
		if (!per_cpu) {
			assert_int_equal(r.eax, entry->eax);
			assert_int_equal(r.ebx, entry->ebx);
			assert_int_equal(r.edx, entry->edx);
		}
	}
}

static void test_out_of_range(void **state)
{
	static const u32 leaves[] = {0xE, 0x1F, 0x3FFFFFFF, 0x40000002, 0x80000020, 0xFFFFFFFF};
	for (size_t i = 0; i < ARRAY_SIZE(leaves); i++) {
		struct cpuid_result r = cpuid_guest(leaves[i], 0, 1);
		assert_int_equal(r.eax | r.ebx | r.ecx | r.edx, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_sev),
		cmocka_unit_test(test_hypervisor),
		cmocka_unit_test(test_hidden),
		cmocka_unit_test(test_ghcb_agrees),
		cmocka_unit_test(test_out_of_range),
		cmocka_unit_test(test_without_xsave),
		cmocka_unit_test(test_invlpgb_withheld),
	};
	return cmocka_run_group_tests(tests, setup_page, NULL);
}
