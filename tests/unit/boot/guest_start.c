/* SPDX-License-Identifier: MIT */
/* What the guest finds when it starts: e820 table, first VMSA, secrets page. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "guest/initial_vmsa.h"
#include "guest/linux.h"
#include "guest/secrets.h"

static void expect_entry(const struct e820_entry *entry, u64 start, u64 end, u32 type)
{
	assert_int_equal(entry->start, start);
	assert_int_equal(entry->size, end - start);
	assert_int_equal(entry->type, type);
}

static void e820_splits_ram(void **state)
{
	struct e820_entry entries[E820_MAX_ENTRIES];
	const struct memory_map map = {
		.count = 3,
		.ranges =
			{
				{.start = 0, .size = 0x40000000, .kind = MEMORY_RAM},
				{.start = 0xFF000000, .size = 0x200000, .kind = MEMORY_SVSM},
				{.start = 0x100000000, .size = 0x40000000, .kind = MEMORY_RAM},
			},
	};
	const struct boot_guest guest = {
		.range_count = 3,
		.ranges =
			{
				{.gpa = 0x80D000, .size = 0x3000, .kind = BOOT_RANGE_ZERO, .e820 = E820_RESERVED},
				{.gpa = 0x800000, .size = 0x3000, .kind = BOOT_RANGE_LOADED, .e820 = E820_RAM},
				{.gpa = 0x804000, .size = 0x1000, .kind = BOOT_RANGE_LOADED, .e820 = E820_ACPI},
			},
	};
	assert_int_equal(e820_build(&guest, &map, entries), 8);
	expect_entry(&entries[0], 0, 0xA0000, E820_RAM);
	expect_entry(&entries[1], 0xA0000, 0x100000, E820_RESERVED);
	expect_entry(&entries[2], 0x100000, 0x804000, E820_RAM);
	expect_entry(&entries[3], 0x804000, 0x805000, E820_ACPI);
	expect_entry(&entries[4], 0x805000, 0x80D000, E820_RAM);
	expect_entry(&entries[5], 0x80D000, 0x810000, E820_RESERVED);
	expect_entry(&entries[6], 0x810000, 0x40000000, E820_RAM);
	expect_entry(&entries[7], 0x100000000, 0x140000000, E820_RAM);
}

static void e820_names_firmware(void **state)
{
	struct e820_entry entries[E820_MAX_ENTRIES];
	const struct memory_map map = {.count = 1, .ranges = {{.start = 0, .size = 0x1000, .kind = MEMORY_RAM}}};
	const struct boot_guest guest = {
		.range_count = 1,
		.ranges = {{.gpa = 0xFFC00000, .size = 0x400000, .kind = BOOT_RANGE_LOADED, .e820 = E820_RESERVED}},
	};
	assert_int_equal(e820_build(&guest, &map, entries), 3);
	expect_entry(&entries[2], 0xFFC00000, 0x100000000, E820_RESERVED);
}

static void vmsa_for_firmware(void **state)
{
	struct vmsa vmsa = {0};
	const struct boot_guest guest = {.kind = BOOT_GUEST_FIRMWARE, .vmpl = 2, .sev_features = 1};
	initial_vmsa_fill(&vmsa, &guest, 1ULL << 51);
	assert_int_equal(vmsa.cs.base + vmsa.rip, 0xFFFFFFF0);
	assert_int_equal(vmsa.cr0 & 1, 0);
	assert_int_equal(vmsa.cr3, 0);
	assert_int_equal(vmsa.efer, EFER_SVME);
	assert_int_equal(vmsa.vmpl, 2);
	assert_int_equal(vmsa.sev_features, 1);
}

static void vmsa_for_linux(void **state)
{
	struct vmsa vmsa = {0};
	const struct boot_guest guest = {
		.kind = BOOT_GUEST_LINUX,
		.vmpl = 1,
		.entry = 0x1000200,
		.boot_params = 0x800000,
		.calling_area = 0x80F000,
		.page_tables = 0x810000,
		.stack = 0x818000,
	};
	initial_vmsa_fill(&vmsa, &guest, 1ULL << 51);
	assert_int_equal(vmsa.rip, guest.entry);
	assert_int_equal(vmsa.rsi, guest.boot_params);
	assert_int_equal(vmsa.rdi, 0);
	assert_int_equal(vmsa.rsp, guest.stack);
	assert_int_equal(vmsa.cr3, guest.page_tables | 1ULL << 51);
	assert_int_equal(vmsa.efer, EFER_SVME | EFER_LME | EFER_LMA);
	assert_int_equal(vmsa.cs.selector, 0x10);
	assert_int_equal(vmsa.ds.selector, 0x18);
	assert_int_equal(vmsa.rflags & 0x200, 0);
}

static void vmsa_for_program(void **state)
{
	struct vmsa vmsa = {0};
	const struct boot_guest guest = {
		.kind = BOOT_GUEST_PROGRAM, .vmpl = 2, .calling_area = 0x80F000, .boot_params = 0x800000};
	initial_vmsa_fill(&vmsa, &guest, 1ULL << 51);
	assert_int_equal(vmsa.rdi, 0x80F000);
	assert_int_equal(vmsa.rsi, 0);
}

static void secrets_hide_keys_above(void **state)
{
	struct secrets_page in;
	struct secrets_page out;
	u8 zeros[32] = {0};
	struct boot_layout layout = {.base = 0xFF000000, .size = 0x200000};
	memset(&in, 0x5A, sizeof(in));
	for (u32 vmpl = 1; vmpl <= 3; vmpl++) {
		layout.guest.vmpl = vmpl;
		layout.guest.calling_area = 0x80F000;
		secrets_publish(&out, &in, &layout);
		for (u32 key = 0; key < 4; key++) {
			assert_memory_equal(out.vmpck[key], key < vmpl ? zeros : in.vmpck[key], 32);
		}
		assert_int_equal(out.svsm_base, layout.base);
		assert_int_equal(out.svsm_size, layout.size);
		assert_int_equal(out.svsm_calling_area, 0x80F000);
		assert_int_equal(out.svsm_max_version, 1);
		assert_int_equal(out.svsm_guest_vmpl, vmpl);
		assert_memory_equal(out.svsm_reserved, zeros, sizeof(out.svsm_reserved));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(e820_splits_ram),   cmocka_unit_test(e820_names_firmware),
		cmocka_unit_test(vmsa_for_firmware), cmocka_unit_test(vmsa_for_linux),
		cmocka_unit_test(vmsa_for_program),  cmocka_unit_test(secrets_hide_keys_above),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
