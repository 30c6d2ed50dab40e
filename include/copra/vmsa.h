/* SPDX-License-Identifier: MIT */
/* The VM save area of SEV-ES and SEV-SNP guests. AMD64 APM volume 2 (24593), appendix B, table B-4. */
#pragma once

#include <copra/types.h>

struct vmsa_segment {
	u16 selector;
	u16 attributes; /* descriptor bits 47:40 in [7:0], 55:52 in [11:8] */
	u32 limit;
	u64 base;
};
LAYOUT_SIZE(struct vmsa_segment, 16);

struct vmsa {
	struct vmsa_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u64 pl_ssp[4];
	u64 u_cet;
	u8 reserved_0c8[2];
	u8 vmpl;
	u8 cpl;
	u8 reserved_0cc[4];
	u64 efer;
	u8 reserved_0d8[104];
	u64 xss, cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u64 dr[4];
	u64 dr_mask[4];
	u8 reserved_1c0[24];
	u64 rsp, s_cet, ssp, isst_addr, rax;
	u64 star, lstar, cstar, sfmask, kernel_gs_base;
	u64 sysenter_cs, sysenter_esp, sysenter_eip, cr2;
	u8 reserved_248[32];
	u64 pat, dbgctl, br_from, br_to, last_excp_from, last_excp_to;
	u8 reserved_298[72];
	u64 spec_ctrl;
	u32 pkru, tsc_aux;
	u64 tsc_scale, tsc_offset, reg_prot_nonce;
	u64 rcx, rdx, rbx, secure_avic_control, rbp, rsi, rdi;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u8 reserved_380[16];
	u64 guest_exitinfo1, guest_exitinfo2, guest_exitintinfo, guest_nrip;
	u64 sev_features, vintr_ctrl, guest_exitcode, virtual_tom;
	u64 tlb_id, pcpu_id, eventinj, xcr0;
	u8 xsave_valid_bitmap[16];
	u64 x87_dp;
	u32 mxcsr;
	u16 x87_ftw, x87_fsw, x87_fcw, x87_fop, x87_ds, x87_cs;
	u64 x87_rip;
	u8 x87_registers[80];
	u8 xmm[256];
	u8 ymm_high[256];
	u8 lbr_stack[256];
	u64 lbr_select;
	u8 ibs[80];
	u8 reserved_7c8[2104];
};
LAYOUT_AT(struct vmsa, tr, 0x090);
LAYOUT_AT(struct vmsa, pl_ssp, 0x0A0);
LAYOUT_AT(struct vmsa, vmpl, 0x0CA);
LAYOUT_AT(struct vmsa, efer, 0x0D0);
LAYOUT_AT(struct vmsa, xss, 0x140);
LAYOUT_AT(struct vmsa, rip, 0x178);
LAYOUT_AT(struct vmsa, rsp, 0x1D8);
LAYOUT_AT(struct vmsa, rax, 0x1F8);
LAYOUT_AT(struct vmsa, cr2, 0x240);
LAYOUT_AT(struct vmsa, pat, 0x268);
LAYOUT_AT(struct vmsa, spec_ctrl, 0x2E0);
LAYOUT_AT(struct vmsa, tsc_scale, 0x2F0);
LAYOUT_AT(struct vmsa, rcx, 0x308);
LAYOUT_AT(struct vmsa, rbp, 0x328);
LAYOUT_AT(struct vmsa, r8, 0x340);
LAYOUT_AT(struct vmsa, r15, 0x378);
LAYOUT_AT(struct vmsa, guest_exitinfo1, 0x390);
LAYOUT_AT(struct vmsa, sev_features, 0x3B0);
LAYOUT_AT(struct vmsa, guest_exitcode, 0x3C0);
LAYOUT_AT(struct vmsa, eventinj, 0x3E0);
LAYOUT_AT(struct vmsa, xcr0, 0x3E8);
LAYOUT_AT(struct vmsa, xsave_valid_bitmap, 0x3F0);
LAYOUT_AT(struct vmsa, x87_dp, 0x400);
LAYOUT_AT(struct vmsa, mxcsr, 0x408);
LAYOUT_AT(struct vmsa, x87_fcw, 0x410);
LAYOUT_AT(struct vmsa, x87_registers, 0x420);
LAYOUT_AT(struct vmsa, xmm, 0x470);
LAYOUT_AT(struct vmsa, ymm_high, 0x570);
LAYOUT_AT(struct vmsa, lbr_select, 0x770);
LAYOUT_SIZE(struct vmsa, 4096);

#define EFER_SCE (1ULL << 0)
#define EFER_LME (1ULL << 8)
#define EFER_LMA (1ULL << 10)
#define EFER_NXE (1ULL << 11)
#define EFER_SVME (1ULL << 12)

/* VINTR_CTRL, VMSA 0x3B8 */
#define VINTR_TPR_MASK 0xFULL
#define VINTR_IRQ (1ULL << 8)
#define VINTR_GIF (1ULL << 9)
#define VINTR_SHADOW (1ULL << 10)
#define VINTR_NMI (1ULL << 11)
#define VINTR_IGNORE_TPR (1ULL << 20)
#define VINTR_BUSY (1ULL << 63)
