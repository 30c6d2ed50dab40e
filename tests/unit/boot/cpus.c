/* SPDX-License-Identifier: MIT */
/* The SVSM's other CPUs: which there are, and in what state they start. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "cpu/asm_offsets.h"
#include "cpu/cpu_list.h"
#include "cpu/cpu_vmsa.h"

static void count_is_checked(void **state)
{
	struct cpu_list list;
	assert_int_equal(cpu_list_init(&list, 0, 4), ERR_RANGE);
	assert_int_equal(cpu_list_init(&list, 5, 4), ERR_RANGE);
	assert_int_equal(cpu_list_init(&list, UINT32_MAX, 4), ERR_RANGE);
	assert_int_equal(cpu_list_init(&list, BOOT_MAX_CPUS + 1, UINT32_MAX), ERR_RANGE);
	assert_int_equal(list.count, 0);
	assert_int_equal(cpu_list_init(&list, BOOT_MAX_CPUS, UINT32_MAX), ERR_OK);
	assert_int_equal(list.count, BOOT_MAX_CPUS);
	assert_int_equal(cpu_list_init(&list, 4, 4), ERR_OK);
	assert_int_equal(list.count, 4);
}

static void boot_cpu_comes_first(void **state)
{
	static const u32 ids[] = {8, 2, 5};
	struct cpu_list list;
	assert_int_equal(cpu_list_init(&list, 3, 8), ERR_OK);
	assert_int_equal(cpu_list_take(&list, ids, 5), ERR_OK);
	assert_int_equal(list.apic_ids[0], 5);
	assert_int_equal(list.apic_ids[1], 8);
	assert_int_equal(list.apic_ids[2], 2);
	assert_true(list.listed);
}

static void malformed_lists_are_refused(void **state)
{
	static const u32 twice[] = {1, 2, 2};
	static const u32 own_twice[] = {1, 2, 1};
	static const u32 without_own[] = {2, 3, 4};
	struct cpu_list list;
	assert_int_equal(cpu_list_init(&list, 3, 8), ERR_OK);
	assert_int_equal(cpu_list_take(&list, twice, 1), ERR_INPUT);
	assert_int_equal(cpu_list_take(&list, own_twice, 1), ERR_INPUT);
	assert_int_equal(cpu_list_take(&list, without_own, 1), ERR_INPUT);
}

static void numbers_where_there_are_no_ids(void **state)
{
	struct cpu_list list;
	assert_int_equal(cpu_list_init(&list, 3, 8), ERR_OK);
	assert_int_equal(cpu_list_number(&list, 1), ERR_OK);
	assert_int_equal(list.apic_ids[0], 1);
	assert_false(list.listed);
	assert_int_equal(list.apic_ids[1], 0);
	assert_int_equal(list.apic_ids[2], 2);
	assert_int_equal(cpu_list_number(&list, 3), ERR_INPUT);
	assert_int_equal(cpu_list_init(&list, BOOT_MAX_CPUS, BOOT_MAX_CPUS), ERR_OK);
	assert_int_equal(cpu_list_number(&list, 0), ERR_OK);
	assert_int_equal(list.apic_ids[BOOT_MAX_CPUS - 1], BOOT_MAX_CPUS - 1);
}

static void starts_in_the_kernel(void **state)
{
	static struct vmsa vmsa;
	static struct task_state tss;
	const struct cpu_start start = {
		.entry = 0xFFFFFFFF80012340,
		.argument = 0x1111,
		.stack = 0x9000,
		.gs_base = 0x2222,
		.cr3 = 1ULL << 51 | 0x5000,
		.cr4 = 0x100020,
		.sev_features = 9,
		.gdt = {.limit = 39, .base = 0x3333},
		.idt = {.limit = 511, .base = 0x4444},
		.tss = &tss,
	};
	cpu_vmsa_fill(&vmsa, &start);
	assert_int_equal(vmsa.vmpl, 0);
	assert_int_equal(vmsa.cpl, 0);
	assert_int_equal(vmsa.rip, start.entry);
	assert_int_equal(vmsa.rdi, start.argument);
	assert_int_equal(vmsa.rsp, start.stack - 8);
	assert_int_equal(vmsa.gs.base, start.gs_base);
	assert_int_equal(vmsa.fs.selector | vmsa.gs.selector | vmsa.ldtr.selector, 0);
	assert_int_equal(vmsa.fs.attributes | vmsa.gs.attributes | vmsa.ldtr.attributes, 0);
	assert_int_equal(vmsa.cr3, start.cr3);
	assert_int_equal(vmsa.cr4, start.cr4);
	assert_int_equal(vmsa.cr0 & 0x80010001, 0x80010001);
	assert_int_equal(vmsa.efer, EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE);
	assert_int_equal(vmsa.rflags, 2);
	assert_int_equal(vmsa.sev_features, 9);
	assert_int_equal(vmsa.cs.selector, SELECTOR_CODE);
	assert_int_equal(vmsa.cs.attributes & 0x200, 0x200);
	assert_int_equal(vmsa.gdtr.base, 0x3333);
	assert_int_equal(vmsa.gdtr.limit, 39);
	assert_int_equal(vmsa.idtr.base, 0x4444);
	assert_int_equal(vmsa.tr.base, (u64)&tss);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(count_is_checked),
		cmocka_unit_test(boot_cpu_comes_first),
		cmocka_unit_test(malformed_lists_are_refused),
		cmocka_unit_test(numbers_where_there_are_no_ids),
		cmocka_unit_test(starts_in_the_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
