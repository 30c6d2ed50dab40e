/* SPDX-License-Identifier: MIT */
#include "ghcb/psc_rules.h"
#include "machine.h"

#define OP(op) ((u64)(op) << PSC_ENTRY_OP_SHIFT)

static void test_header(void **state)
{
	assert_true(psc_header_valid(&(struct psc_header){0, 0, 0}));
	assert_true(psc_header_valid(&(struct psc_header){0, PSC_MAX_ENTRIES - 1, 0}));
	assert_true(psc_header_valid(&(struct psc_header){5, 4, 0}));
	assert_false(psc_header_valid(&(struct psc_header){0, PSC_MAX_ENTRIES, 0}));
	assert_false(psc_header_valid(&(struct psc_header){0, UINT16_MAX, 0}));
	assert_true(psc_header_valid(&(struct psc_header){0, 0, 0xFFFFFFFF})); /* OVMF does not clear it */
}

static void test_small_entry(void **state)
{
	struct psc_entry entry;
	assert_true(psc_entry_decode(OP(PSC_OP_SHARED) | 0x12345000, &entry));
	assert_int_equal(entry.page, 0x12345000);
	assert_int_equal(entry.op, PSC_OP_SHARED);
	assert_int_equal(entry.pages, 1);
	assert_int_equal(entry.done, 0);
	assert_true(psc_entry_decode(OP(PSC_OP_PRIVATE) | 0x12345001, &entry));
	assert_int_equal(entry.done, 1);
}

static void test_large_entry(void **state)
{
	struct psc_entry entry;
	assert_true(psc_entry_decode(PSC_ENTRY_LARGE | OP(PSC_OP_PRIVATE) | 0x200000 | 512, &entry));
	assert_int_equal(entry.pages, 512);
	assert_int_equal(entry.done, 512);
	assert_true(psc_entry_decode(PSC_ENTRY_LARGE | OP(PSC_OP_UNSMASH) | 0xFFFFFFFE00000, &entry));
	assert_true(entry.page == 0xFFFFFFFE00000);
}

static void test_bad_entries(void **state)
{
	static const u64 entries[] = {
		0x1000,         /* no operation */
		OP(5) | 0x1000, /* an unknown one */
		OP(15) | 0x1000,
		OP(PSC_OP_SHARED) | 0x1002, /* more done than there is */
		PSC_ENTRY_LARGE | OP(PSC_OP_SHARED) | 0x200201,
		PSC_ENTRY_LARGE | OP(PSC_OP_SHARED) | 0x201000, /* misaligned */
		1ULL << 57 | OP(PSC_OP_SHARED) | 0x1000,        /* reserved bits */
		1ULL << 63 | OP(PSC_OP_SHARED) | 0x1000,
	};
	for (size_t i = 0; i < ARRAY_SIZE(entries); i++) {
		struct psc_entry entry;
		if (psc_entry_decode(entries[i], &entry)) {
			fail_msg("entry 0x%llx is accepted", (unsigned long long)entries[i]);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_small_entry),
		cmocka_unit_test(test_large_entry),
		cmocka_unit_test(test_bad_entries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
