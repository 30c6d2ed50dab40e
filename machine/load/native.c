/* SPDX-License-Identifier: MIT */
#include "load/native.h"

#include <copra/sev.h>

#define LDT_ATTRIBUTES 0x082U
#define TSS_ATTRIBUTES 0x08BU
#define RESET_LIMIT 0xFFFFU
#define DR6_RESET 0xFFFF0FF0ULL
#define DR7_RESET 0x400ULL
#define PAT_RESET 0x0007040600070406ULL
#define XCR0_X87 1ULL
#define MXCSR_RESET 0x1F80U
#define FCW_RESET 0x40U
#define FTW_RESET 0x5555U

/* A native context has the high four attributes in bits 15:12, a VMSA in 11:8. */
static struct vmsa_segment segment(u16 selector, u16 attributes, u32 limit, u64 base)
{
	u32 high = attributes >> 4 & 0xF00U;
	return (struct vmsa_segment){
		.selector = selector,
		.attributes = (u16)((attributes & 0xFFU) | high),
		.limit = limit,
		.base = base,
	};
}

static void segments_set(const struct igvm_native_context *c, struct vmsa *vmsa)
{
	const struct vmsa_segment data = segment(c->data_selector, c->data_attributes, c->data_limit, c->data_base);
	vmsa->cs = segment(c->code_selector, c->code_attributes, c->code_limit, c->code_base);
	vmsa->ds = data;
	vmsa->es = data;
	vmsa->fs = data;
	vmsa->gs = data;
	vmsa->ss = data;
	vmsa->gs.base = c->gs_base;
	vmsa->gdtr = segment(0, 0, c->gdtr_limit, c->gdtr_base);
	vmsa->idtr = segment(0, 0, c->idtr_limit, c->idtr_base);
	vmsa->ldtr = segment(0, LDT_ATTRIBUTES, RESET_LIMIT, 0);
	vmsa->tr = segment(0, TSS_ATTRIBUTES, RESET_LIMIT, 0);
}

static void registers_set(const struct igvm_native_context *c, struct vmsa *vmsa)
{
	vmsa->rax = c->rax;
	vmsa->rcx = c->rcx;
	vmsa->rdx = c->rdx;
	vmsa->rbx = c->rbx;
	vmsa->rsp = c->rsp;
	vmsa->rbp = c->rbp;
	vmsa->rsi = c->rsi;
	vmsa->rdi = c->rdi;
	vmsa->r8 = c->r8;
	vmsa->r9 = c->r9;
	vmsa->r10 = c->r10;
	vmsa->r11 = c->r11;
	vmsa->r12 = c->r12;
	vmsa->r13 = c->r13;
	vmsa->r14 = c->r14;
	vmsa->r15 = c->r15;
	vmsa->rip = c->rip;
	vmsa->rflags = c->rflags;
}

/* What the context does not say is as after a reset (APM volume 2, 24593, table 14-1). */
void native_context_to_vmsa(const struct igvm_native_context *c, struct vmsa *vmsa)
{
	segments_set(c, vmsa);
	registers_set(c, vmsa);
	vmsa->efer = c->efer | EFER_SVME;
	vmsa->cr0 = c->cr0;
	vmsa->cr3 = c->cr3;
	vmsa->cr4 = c->cr4;
	vmsa->dr6 = DR6_RESET;
	vmsa->dr7 = DR7_RESET;
	vmsa->pat = PAT_RESET;
	vmsa->xcr0 = XCR0_X87;
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_fcw = FCW_RESET;
	vmsa->x87_ftw = FTW_RESET;
}
