/* SPDX-License-Identifier: MIT */
/* GDT, TSS and IDT. APM volume 2 (24593), sections 4.8, 8.9 and 12.2.5. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"
#include "cpu/stacks.h"

struct packed task_state {
	u32 reserved_00;
	u64 stack[3];
	u64 reserved_1c;
	u64 ist[7];
	u64 reserved_5c;
	u16 reserved_64;
	u16 io_map_base;
};
LAYOUT_AT(struct task_state, ist, 0x24);
LAYOUT_SIZE(struct task_state, 104);

/* The operand of LGDT and LIDT */
struct packed descriptor_pointer {
	u16 limit;
	u64 base;
};

struct descriptor_tables {
	u64 gdt[7]; /* null, code, data, the TSS in two entries, ring 3's data and code */
	struct task_state tss;
};

struct cpu;

/* Interrupt stack table entries, 1 to 7 */
enum ist {
	IST_NONE = 0,
	IST_FAULT = 1,
	IST_VC = 2,
	IST_HV = 3,
};

/* Fills the IDT, which all CPUs share. */
void descriptors_init(void);
/* Fills a CPU's GDT and TSS. Above each of the stacks but the main one stands the CPU's address afterwards (cpu/trap_entry.S). */
void descriptors_fill(struct cpu *cpu);
/* Loads them and the IDT. From here on exceptions end in trap_handle (cpu/trap.h). */
void descriptors_load(const struct descriptor_tables *tables);

struct descriptor_pointer descriptors_gdt(const struct descriptor_tables *tables);
struct descriptor_pointer descriptors_idt(void);
