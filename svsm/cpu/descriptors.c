/* SPDX-License-Identifier: MIT */
#include "cpu/descriptors.h"

#include "cpu/asm_offsets.h"
#include "cpu/instructions.h"
#include "cpu/per_cpu.h"
#include "cpu/trap.h"
#include <copra/sev.h>

#define GDT_CODE 0x00AF9B000000FFFFULL
#define GDT_DATA 0x00CF93000000FFFFULL
#define GDT_USER_DATA 0x00CFF3000000FFFFULL
#define GDT_USER_CODE 0x00AFFB000000FFFFULL
#define TSS_PRESENT_AVAILABLE 0x89ULL
#define GATE_PRESENT_INTERRUPT 0x8E00U

struct gate {
	u16 offset_low;
	u16 selector;
	u16 attributes; /* [2:0] IST */
	u16 offset_middle;
	u32 offset_high;
	u32 reserved;
};
LAYOUT_SIZE(struct gate, 16);

/* Vectors above 31 are interrupts, which restricted injection rules out: a gate past the limit is #GP. */
static struct gate idt[TRAP_VECTORS];

static void gate_set(u32 vector, enum ist ist)
{
	u64 target = (u64)trap_stubs + (u64)vector * TRAP_STUB_SIZE;
	idt[vector] = (struct gate){
		.offset_low = (u16)target,
		.selector = SELECTOR_CODE,
		.attributes = (u16)(GATE_PRESENT_INTERRUPT | ist),
		.offset_middle = (u16)(target >> 16),
		.offset_high = (u32)(target >> 32),
	};
}

static void idt_build(void)
{
	for (u32 vector = 0; vector < TRAP_VECTORS; vector++) {
		gate_set(vector, IST_NONE);
	}
	gate_set(TRAP_NMI, IST_FAULT);
	gate_set(TRAP_MACHINE_CHECK, IST_FAULT);
	gate_set(TRAP_DOUBLE_FAULT, IST_FAULT);
	gate_set(VECTOR_HV, IST_HV);
	gate_set(VECTOR_VC, IST_VC);
}

static void gdt_build(struct descriptor_tables *tables)
{
	u64 base = (u64)&tables->tss;
	u64 limit = sizeof(tables->tss) - 1;
	tables->gdt[0] = 0;
	tables->gdt[1] = GDT_CODE;
	tables->gdt[2] = GDT_DATA;
	tables->gdt[3] = limit | (base & 0xFFFFFFU) << 16 | TSS_PRESENT_AVAILABLE << 40 | (base >> 24 & 0xFFU) << 56;
	tables->gdt[4] = base >> 32;
	tables->gdt[SELECTOR_USER_DATA >> 3] = GDT_USER_DATA;
	tables->gdt[SELECTOR_USER_CODE >> 3] = GDT_USER_CODE;
}

void descriptors_init(void)
{
	idt_build();
}

/* Where a trap's frame begins on a stack of its own: 16-byte aligned, as the processor wants it, with the CPU's address above. */
static u64 stack_begin(struct cpu *cpu, enum stack_kind kind)
{
	struct cpu **top = (struct cpu **)cpu->stacks[kind].top - 2;
	*top = cpu;
	return (u64)top;
}

void descriptors_fill(struct cpu *cpu)
{
	struct task_state *tss = &cpu->descriptors.tss;
	*tss = (struct task_state){.io_map_base = sizeof(*tss)};
	tss->ist[IST_FAULT - 1] = stack_begin(cpu, STACK_FAULT);
	tss->ist[IST_VC - 1] = stack_begin(cpu, STACK_VC);
	tss->ist[IST_HV - 1] = stack_begin(cpu, STACK_HV);
	gdt_build(&cpu->descriptors);
}

struct descriptor_pointer descriptors_gdt(const struct descriptor_tables *tables)
{
	return (struct descriptor_pointer){.limit = sizeof(tables->gdt) - 1, .base = (u64)tables->gdt};
}

struct descriptor_pointer descriptors_idt(void)
{
	return (struct descriptor_pointer){.limit = sizeof(idt) - 1, .base = (u64)idt};
}

void descriptors_load(const struct descriptor_tables *tables)
{
	struct descriptor_pointer gdt_pointer = descriptors_gdt(tables);
	struct descriptor_pointer idt_pointer = descriptors_idt();
	gdt_load(&gdt_pointer);
	local_table_load(0);
	task_register_load(SELECTOR_TSS);
	idt_load(&idt_pointer);
}
