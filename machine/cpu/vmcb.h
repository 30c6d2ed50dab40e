/* SPDX-License-Identifier: MIT */
/* The control block of SVM. AMD64 APM volume 2 (24593), appendix B, tables B-1 and B-2. */
#pragma once

#include <copra/vmsa.h>

struct vmcb {
	u16 intercept_cr_read, intercept_cr_write, intercept_dr_read, intercept_dr_write;
	u32 intercept_exceptions;
	u32 intercepts[3]; /* exit codes from 0x60 on */
	u8 reserved_018[0x28];
	u64 iopm_base, msrpm_base, tsc_offset;
	u32 asid;
	u8 tlb_control;
	u8 reserved_05d[3];
	u64 int_control, int_state;
	u64 exitcode, exitinfo1, exitinfo2, exitintinfo;
	u64 nested_control;
	u8 reserved_098[16];
	u64 eventinj, nested_cr3;
	u64 virtual_control, clean, next_rip;
	u8 fetched, bytes[15];
	u8 reserved_0e0[0x320];
	/* State save area: the first part of a VMSA has the same layout. */
	struct vmsa_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	u8 reserved_4a0[43];
	u8 cpl;
	u32 reserved_4cc;
	u64 efer;
	u8 reserved_4d8[112];
	u64 cr4, cr3, cr0, dr7, dr6, rflags, rip;
	u8 reserved_580[88];
	u64 rsp, s_cet, ssp, isst_addr, rax;
	u64 star, lstar, cstar, sfmask, kernel_gs_base;
	u64 sysenter_cs, sysenter_esp, sysenter_eip, cr2;
	u8 reserved_648[32];
	u64 pat, dbgctl, br_from, br_to, last_excp_from, last_excp_to;
	u8 reserved_698[0x968];
};
LAYOUT_AT(struct vmcb, intercepts, 0x00C);
LAYOUT_AT(struct vmcb, iopm_base, 0x040);
LAYOUT_AT(struct vmcb, tlb_control, 0x05C);
LAYOUT_AT(struct vmcb, int_control, 0x060);
LAYOUT_AT(struct vmcb, exitcode, 0x070);
LAYOUT_AT(struct vmcb, nested_control, 0x090);
LAYOUT_AT(struct vmcb, eventinj, 0x0A8);
LAYOUT_AT(struct vmcb, clean, 0x0C0);
LAYOUT_AT(struct vmcb, es, 0x400);
LAYOUT_AT(struct vmcb, cpl, 0x4CB);
LAYOUT_AT(struct vmcb, efer, 0x4D0);
LAYOUT_AT(struct vmcb, cr4, 0x548);
LAYOUT_AT(struct vmcb, rip, 0x578);
LAYOUT_AT(struct vmcb, rsp, 0x5D8);
LAYOUT_AT(struct vmcb, rax, 0x5F8);
LAYOUT_AT(struct vmcb, cr2, 0x640);
LAYOUT_AT(struct vmcb, pat, 0x668);
LAYOUT_SIZE(struct vmcb, 4096);

#define VMCB_INTR_MASKING (1ULL << 24)
#define VMCB_VECTOR_SHIFT 32U
#define VMCB_PRIORITY_SHIFT 16U
#define VMCB_SHADOW (1ULL << 0)
#define VMCB_NESTED_PAGING (1ULL << 0)
#define VMCB_TLB_FLUSH_ALL 1U
#define VMCB_WRITE_CR8 (1U << 8)
