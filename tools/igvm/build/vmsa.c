/* SPDX-License-Identifier: MIT */
#include <copra/psp.h>
#include <copra/sev.h>

#include "build/parts.h"

#define CODE_SELECTOR 0x08
#define DATA_SELECTOR 0x10
/* Flat 32-bit: present, DPL 0, accessed; granularity 4 KiB and default size 32 bits in bits 11:8 */
#define CODE_ATTRIBUTES 0xC9B
#define DATA_ATTRIBUTES 0xC93
#define LDT_ATTRIBUTES 0x082
#define TSS_ATTRIBUTES 0x08B
#define RESET_LIMIT 0xFFFFU

#define CR0_PE_ET_NE 0x31ULL /* what KVM makes of it in protected mode, and measures */
#define CR4_MCE 0x40ULL      /* KVM sets it in the VMSA that it measures */
#define DR6_RESET 0xFFFF0FF0ULL
#define DR7_RESET 0x400ULL
#define RFLAGS_RESET 0x2ULL
#define PAT_RESET 0x0007040600070406ULL
#define XCR0_X87 0x1ULL
#define MXCSR_RESET 0x1F80U
#define FCW_DEFAULT 0x37FU

/* AMD64 APM volume 2 (24593), table 14-1, except where copra/boot.h says otherwise. */
void build_vmsa(struct image *image, u64 sev_features)
{
	const struct boot_layout *layout = &image->layout;
	const struct vmsa_segment code = {CODE_SELECTOR, CODE_ATTRIBUTES, UINT32_MAX, 0};
	const struct vmsa_segment data = {DATA_SELECTOR, DATA_ATTRIBUTES, UINT32_MAX, 0};
	const struct vmsa_segment table = {.limit = RESET_LIMIT};
	image->vmsa = (struct vmsa){
		.es = data,
		.cs = code,
		.ss = data,
		.ds = data,
		.fs = data,
		.gs = data,
		.gdtr = table,
		.idtr = table,
		.ldtr = {0, LDT_ATTRIBUTES, RESET_LIMIT, 0},
		.tr = {0, TSS_ATTRIBUTES, RESET_LIMIT, 0},
		.efer = EFER_SVME,
		.cr0 = CR0_PE_ET_NE,
		.cr4 = CR4_MCE,
		.dr6 = DR6_RESET,
		.dr7 = DR7_RESET,
		.rflags = RFLAGS_RESET,
		.rip = layout->entry,
		.rbx = layout->base,
		.pat = PAT_RESET,
		.sev_features = sev_features,
		.xcr0 = XCR0_X87,
		.mxcsr = MXCSR_RESET,
		.x87_fcw = FCW_DEFAULT,
	};
}
