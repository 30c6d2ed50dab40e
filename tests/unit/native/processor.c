/* SPDX-License-Identifier: MIT */
/* CPUID into a table, and bytes to a serial port, with a processor and a port of the test's. */
#include "unit.h"

#include "platform/native/console.h"
#include "platform/native/instructions.h"
#include "platform/native/processor.h"
#include "platform/platform.h"

#define PORT 0x3F8
#define LINE_STATUS (PORT + 5)

static struct {
	u32 basic, extended; /* highest leaves */
	u32 topology;        /* EBX of leaf 0xB */
	bool indexed;        /* every leaf has sub-leaves without end */
	u8 status;           /* of the line */
	u32 status_reads;
	char sent[64];
	size_t sent_bytes;
} model;

struct cpuid_result cpuid_execute(u32 leaf, u32 subleaf)
{
	u32 last = leaf < 0x80000000U ? model.basic : model.extended;
	if (leaf > last) {
		return (struct cpuid_result){0};
	}
	switch (leaf) {
	case 0:
	case 0x80000000U:
		return (struct cpuid_result){.eax = last};
	case 1:
		return (struct cpuid_result){.ebx = 5U << 24, .ecx = 1U << 30};
	case 4:
		return subleaf < 3 ? (struct cpuid_result){.eax = subleaf + 1} : (struct cpuid_result){0};
	case 0xB:
		return (struct cpuid_result){.ebx = model.topology, .edx = 9};
	case 0x80000001U:
		return (struct cpuid_result){.edx = 1U << 20};
	default:
		return (struct cpuid_result){.eax = leaf, .ebx = model.indexed ? subleaf : 0};
	}
}

u8 port_read_u8(u16 port)
{
	assert_int_equal(port, LINE_STATUS);
	model.status_reads++;
	return model.status;
}

void port_write_u8(u16 port, u8 value)
{
	if (port == PORT && model.sent_bytes < sizeof(model.sent)) {
		model.sent[model.sent_bytes++] = (char)value;
	}
}

static int setup(void **state)
{
	memset(&model, 0, sizeof(model));
	model.basic = 0xB;
	model.extended = 0x80000008U;
	model.topology = 1;
	model.status = 0x20;
	return 0;
}

static struct cpuid_page page;

static void load(void)
{
	processor_table_fill(&page);
	assert_err(cpuid_load(&page), ERR_OK);
}

static void fills_the_table(void **state)
{
	load();
	assert_int_equal(cpuid_find(0, 0).eax, 0xB);
	assert_int_equal(cpuid_find(4, 2).eax, 3);
	assert_int_equal(cpuid_find(4, 3).eax, 0);
	assert_int_equal(cpuid_find(7, 0).eax, 7);
	assert_int_equal(cpuid_find(7, 1).eax, 0);
	assert_int_equal(cpuid_find(0x80000008U, 0).eax, 0x80000008U);
	assert_int_equal(cpuid_find(0x80000009U, 0).eax, 0);
}

static void knows_the_apic_id(void **state)
{
	load();
	assert_int_equal(processor_apic_id(), 9);
	model.topology = 0;
	load();
	assert_int_equal(processor_apic_id(), 5);
}

/* A processor that says nonsense costs no more than a page of entries. */
static void keeps_to_the_page(void **state)
{
	model.indexed = true;
	model.basic = UINT32_MAX >> 1;
	model.extended = UINT32_MAX;
	processor_table_fill(&page);
	assert_int_equal(page.count, CPUID_PAGE_MAX_ENTRIES);
	model.basic = 0;
	model.extended = 0;
	processor_table_fill(&page);
	assert_int_equal(page.count, 2);
}

static void writes_lines(void **state)
{
	console_init(PORT);
	platform_console_write("hello\n", 6);
	assert_int_equal(model.sent_bytes, 6);
	assert_memory_equal(model.sent, "hello\n", 6);
}

static void gives_up_a_port_that_stands_still(void **state)
{
	console_init(PORT);
	model.status = 0;
	platform_console_write("hello\n", 6);
	assert_int_equal(model.sent_bytes, 0);
	u32 reads = model.status_reads;
	platform_console_write("hello\n", 6);
	assert_int_equal(model.status_reads, reads);
}

static void needs_no_port(void **state)
{
	console_init(0);
	platform_console_write("hello\n", 6);
	assert_int_equal(model.sent_bytes, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(fills_the_table, setup),
		cmocka_unit_test_setup(knows_the_apic_id, setup),
		cmocka_unit_test_setup(keeps_to_the_page, setup),
		cmocka_unit_test_setup(writes_lines, setup),
		cmocka_unit_test_setup(gives_up_a_port_that_stands_still, setup),
		cmocka_unit_test_setup(needs_no_port, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
