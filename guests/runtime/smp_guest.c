/* SPDX-License-Identifier: MIT */
/* Another CPU's first state: 64-bit mode, with our tables and a stack of its own. APM volume 2 (24593), appendix B. */
#include "runtime/instructions.h"
#include "runtime/paging.h"
#include "runtime/smp.h"

#define STACK_BYTES 16384U

#define CODE_SELECTOR 0x08U
#define DATA_SELECTOR 0x10U
#define ATTRIBUTES_CODE 0xA9BU /* 64-bit, ring 0, accessed */
#define ATTRIBUTES_DATA 0xC93U
#define ATTRIBUTES_LDT 0x82U
#define ATTRIBUTES_TSS 0x8BU

#define CR0_LONG_MODE 0x80010033ULL /* PG, WP, NE, ET, MP, PE */
#define CR4_PAE 0x20ULL
#define RFLAGS_RESERVED_ONE 2ULL
#define DR6_RESET 0xFFFF0FF0ULL
#define DR7_RESET 0x400ULL
#define PAT_RESET 0x0007040600070406ULL
#define MXCSR_RESET 0x1F80U
#define X87_FTW_RESET 0x5555U
#define X87_FCW_RESET 0x0040U

static u8 stacks[GUEST_CPUS][STACK_BYTES] aligned_to(16);
static u8 pages[GUEST_CPUS][2][PAGE_SIZE] aligned_to(PAGE_SIZE);

u64 smp_pages(u32 index)
{
	return (u64)pages[index];
}

static void segment_fill(volatile struct vmsa_segment *segment, u16 selector, u16 attributes, u64 base)
{
	segment->selector = selector;
	segment->attributes = attributes;
	segment->limit = UINT32_MAX;
	segment->base = base;
}

static void table_fill(volatile struct vmsa_segment *segment, const struct table_pointer *pointer)
{
	segment->limit = pointer->limit;
	segment->base = pointer->base;
}

static void segments_fill(volatile struct vmsa *vmsa, u32 index)
{
	struct table_pointer gdt = read_gdtr();
	struct table_pointer idt = read_idtr();
	table_fill(&vmsa->gdtr, &gdt);
	table_fill(&vmsa->idtr, &idt);
	segment_fill(&vmsa->cs, CODE_SELECTOR, ATTRIBUTES_CODE, 0);
	segment_fill(&vmsa->ds, DATA_SELECTOR, ATTRIBUTES_DATA, 0);
	segment_fill(&vmsa->es, DATA_SELECTOR, ATTRIBUTES_DATA, 0);
	segment_fill(&vmsa->fs, DATA_SELECTOR, ATTRIBUTES_DATA, 0);
	segment_fill(&vmsa->ss, DATA_SELECTOR, ATTRIBUTES_DATA, 0);
	segment_fill(&vmsa->gs, DATA_SELECTOR, ATTRIBUTES_DATA, (u64)cpu_at(index));
	segment_fill(&vmsa->ldtr, 0, ATTRIBUTES_LDT, 0);
	segment_fill(&vmsa->tr, 0, ATTRIBUTES_TSS, 0);
}

void smp_fill_registers(volatile struct vmsa *vmsa, u32 index)
{
	struct guest_cpu *cpu = cpu_at(index);
	cpu->self = cpu;
	cpu->index = index;
	segments_fill(vmsa, index);
	vmsa->cr0 = CR0_LONG_MODE;
	vmsa->cr3 = paging_root();
	vmsa->cr4 = CR4_PAE;
	vmsa->efer = EFER_LME | EFER_LMA;
	vmsa->rflags = RFLAGS_RESERVED_ONE;
	vmsa->dr6 = DR6_RESET;
	vmsa->dr7 = DR7_RESET;
	vmsa->pat = PAT_RESET;
	vmsa->xcr0 = 1;
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_ftw = X87_FTW_RESET;
	vmsa->x87_fcw = X87_FCW_RESET;
	vmsa->rip = (u64)smp_main;
	vmsa->rsp = (u64)&stacks[index][STACK_BYTES - sizeof(u64)]; /* as behind a call */
}

void smp_relax(void)
{
	cpu_pause();
}

bool smp_is_real(void)
{
	return true;
}
