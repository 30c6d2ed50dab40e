/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include "device/ioapic_rules.h"
#include "device/mmio_rules.h"
#include "device/port_rules.h"

#define PM_BASE 0x600U

static void test_own_ports(void **state)
{
	for (u16 port = 0xF4; port < 0xF8; port++) { /* isa-debug-exit ends QEMU by a write to any of its four */
		assert_true(port_is_hidden(2, port, 1));
	}
	assert_true(port_is_hidden(0, 0xE9, 1));
	assert_true(port_is_hidden(2, 0xE6, 4));
	assert_true(port_is_hidden(2, 0xF3, 2));
	assert_false(port_is_hidden(2, 0xF8, 4));
	assert_true(port_is_hidden(2, 0x5658, 4));
	assert_true(port_is_hidden(2, 0x2F7, 2));
	assert_false(port_is_hidden(0, 0x2F8, 1));
	assert_false(port_is_hidden(2, 0xFFFF, 4));
}

static void test_straddling(void **state)
{
	assert_true(port_straddles(0x50F, 2, 0x510, 0x51B));
	assert_true(port_straddles(0x51A, 4, 0x510, 0x51B));
	assert_false(port_straddles(0x510, 2, 0x510, 0x51B));
	assert_false(port_straddles(0x518, 4, 0x510, 0x51B));
	assert_false(port_straddles(0x51C, 4, 0x510, 0x51B));
}

static bool permitted(u16 port, u32 size, u32 value)
{
	struct port_state none = {false};
	return port_write_permitted(&none, PM_BASE, port, size, &value);
}

static void test_system_management(void **state)
{
	assert_true(permitted(0xB2, 1, 2));
	assert_true(permitted(0xB2, 1, 3));
	assert_false(permitted(0xB2, 1, 0));
	assert_false(permitted(0xB2, 1, 0xFF));
	assert_false(permitted(0xB2, 2, 2));
	assert_false(permitted(0xB1, 2, 0x0200));
	assert_true(permitted(0xB3, 1, 0));
	assert_false(permitted(PM_BASE + 0x30, 4, 1));
	assert_false(permitted(PM_BASE + 0x33, 1, 1));
	assert_false(permitted(PM_BASE + 0x2E, 4, 1));
	assert_true(permitted(PM_BASE + 0x34, 4, 1));
}

static void test_a20(void **state)
{
	struct port_state keyboard = {false};
	u32 value = 0;
	assert_true(port_write_permitted(&keyboard, PM_BASE, 0x92, 1, &value));
	assert_int_equal(value, 2);
	assert_false(permitted(0x91, 2, 0));
	assert_false(permitted(0x64, 1, 0xDD));
	assert_true(permitted(0x64, 1, 0xDF));
	assert_true(permitted(0x60, 1, 0));

	value = 0xD1;
	assert_true(port_write_permitted(&keyboard, PM_BASE, 0x64, 1, &value));
	value = 0x01;
	assert_true(port_write_permitted(&keyboard, PM_BASE, 0x60, 1, &value));
	assert_int_equal(value, 3);
	value = 0x01; /* an ordinary data byte again */
	assert_true(port_write_permitted(&keyboard, PM_BASE, 0x60, 1, &value));
	assert_int_equal(value, 1);
	value = 0xD1;
	assert_true(port_write_permitted(&keyboard, PM_BASE, 0x64, 1, &value));
	value = 0x02; /* the reset line */
	assert_false(port_write_permitted(&keyboard, PM_BASE, 0x60, 1, &value));
}

static void test_ioapic(void **state)
{
	u32 value = 0x0031; /* fixed */
	assert_true(ioapic_entry_permitted(0x10, &value));
	value = 0x0731; /* from the PIC */
	assert_true(ioapic_entry_permitted(0x10, &value));
	value = 0x0200; /* SMI */
	assert_false(ioapic_entry_permitted(0x12, &value));
	assert_int_equal(value, 0x10200);
	value = 0x0500; /* INIT */
	assert_false(ioapic_entry_permitted(0x3E, &value));
	value = 0x10200; /* masked */
	assert_true(ioapic_entry_permitted(0x12, &value));
	value = 0x0200; /* the destination */
	assert_true(ioapic_entry_permitted(0x13, &value));
	assert_true(ioapic_entry_permitted(0x00, &value));
}

/* QEMU resets for each of them, and the trace has to say so first. */
static void test_resets(void **state)
{
	assert_true(port_write_resets(0xCF9, 0x06));
	assert_false(port_write_resets(0xCF9, 0x02));
	assert_false(port_write_resets(0xCF8, 0x80000644)); /* an address of PCI configuration */
	assert_true(port_write_resets(0x92, 0x03));
	assert_false(port_write_resets(0x92, 0x02));
	assert_true(port_write_resets(0x64, 0xFE));
	assert_true(port_write_resets(0x64, 0xF0));
	assert_false(port_write_resets(0x64, 0xFF));
	assert_false(port_write_resets(0x64, 0xD1));
}

/* A write there is a message to a processor's APIC, which may be an SMI. */
static void test_messages(void **state)
{
	assert_true(mmio_is_apic(gpa(0xFEE00000)));
	assert_true(mmio_is_apic(gpa(0xFEE00FFF)));
	assert_false(mmio_is_apic(gpa(0xFEE01000)));
	assert_true(mmio_touches_messages(gpa(0xFEE01000), 4));
	assert_true(mmio_touches_messages(gpa(0xFEEFFFFF), 1));
	assert_true(mmio_touches_messages(gpa(0xFEDFFFFC), 8));
	assert_false(mmio_touches_messages(gpa(0xFEDFFFFC), 4));
	assert_false(mmio_touches_messages(gpa(0xFEF00000), 8));
	assert_false(mmio_touches_messages(gpa(UINT64_MAX), 8));
	assert_true(mmio_touches_ioapic(gpa(0xFEBFFFFC), 8));
	assert_false(mmio_touches_ioapic(gpa(0xFEBFFFFC), 4));
	assert_false(mmio_touches_ioapic(gpa(0xFEC01000), 4));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_ports),
		cmocka_unit_test(test_straddling),
		cmocka_unit_test(test_system_management),
		cmocka_unit_test(test_a20),
		cmocka_unit_test(test_ioapic),
		cmocka_unit_test(test_resets),
		cmocka_unit_test(test_messages),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
