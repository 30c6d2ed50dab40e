/* SPDX-License-Identifier: MIT */
#include "cpu/cpu_vmsa.h"

#include "cpu/asm_offsets.h"
#include "cpu/vmsa_reset.h"

#define CR0_PG_WP_NE_ET_MP_PE 0x80010033ULL
#define ATTRIBUTES_CODE 0xA9BU /* 64-bit, ring 0, accessed */
#define ATTRIBUTES_DATA 0xC93U
#define ATTRIBUTES_TSS_BUSY 0x8BU

void cpu_vmsa_fill(struct vmsa *vmsa, const struct cpu_start *start)
{
	vmsa_reset_fill(vmsa);
	vmsa_data_segments_fill(vmsa, vmsa_segment_of(SELECTOR_DATA, ATTRIBUTES_DATA, UINT32_MAX, 0));
	vmsa->cs = vmsa_segment_of(SELECTOR_CODE, ATTRIBUTES_CODE, UINT32_MAX, 0);
	/* Null, as the boot CPU's are: IRET to ring 3 unloads selectors of ring 0's, and may clear the base with them. */
	vmsa->fs = vmsa_segment_of(0, 0, 0, 0);
	vmsa->gs = vmsa_segment_of(0, 0, 0, start->gs_base);
	vmsa->ldtr = vmsa_segment_of(0, 0, 0, 0);
	vmsa->gdtr = vmsa_segment_of(0, 0, start->gdt.limit, start->gdt.base);
	vmsa->idtr = vmsa_segment_of(0, 0, start->idt.limit, start->idt.base);
	vmsa->tr = vmsa_segment_of(SELECTOR_TSS, ATTRIBUTES_TSS_BUSY, sizeof(struct task_state) - 1, (u64)start->tss);
	vmsa->cr0 = CR0_PG_WP_NE_ET_MP_PE;
	vmsa->cr3 = start->cr3;
	vmsa->cr4 = start->cr4;
	vmsa->efer = EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE;
	vmsa->rip = start->entry;
	vmsa->rdi = start->argument;
	/* As behind a call: the return address, which nobody uses, is zero and stops stack traces. */
	vmsa->rsp = start->stack - sizeof(u64);
	vmsa->sev_features = start->sev_features;
}
