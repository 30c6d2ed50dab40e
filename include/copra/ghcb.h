/* SPDX-License-Identifier: MIT */
/* Guest-hypervisor communication block, version 2. GHCB Standardization (56421), chapters 2 and 4. */
#pragma once

#include <copra/types.h>

struct ghcb {
	u8 reserved_000[0x0CB];
	u8 cpl;
	u8 reserved_0cc[0x074];
	u64 xss;
	u8 reserved_148[0x018];
	u64 dr7;
	u8 reserved_168[0x090];
	u64 rax;
	u8 reserved_200[0x108];
	u64 rcx, rdx, rbx;
	u8 reserved_320[8];
	u64 rbp, rsi, rdi;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u8 reserved_380[16];
	u64 sw_exitcode, sw_exitinfo1, sw_exitinfo2, sw_scratch;
	u8 reserved_3b0[0x038];
	u64 xcr0;
	u64 valid_bitmap[2];
	u64 x87_state_gpa;
	u8 reserved_408[0x3F8];
	u8 shared_buffer[2032];
	u8 reserved_ff0[10];
	u16 version;
	u32 usage;
};
LAYOUT_AT(struct ghcb, cpl, 0x0CB);
LAYOUT_AT(struct ghcb, xss, 0x140);
LAYOUT_AT(struct ghcb, dr7, 0x160);
LAYOUT_AT(struct ghcb, rax, 0x1F8);
LAYOUT_AT(struct ghcb, rcx, 0x308);
LAYOUT_AT(struct ghcb, rbp, 0x328);
LAYOUT_AT(struct ghcb, r8, 0x340);
LAYOUT_AT(struct ghcb, sw_exitcode, 0x390);
LAYOUT_AT(struct ghcb, sw_scratch, 0x3A8);
LAYOUT_AT(struct ghcb, xcr0, 0x3E8);
LAYOUT_AT(struct ghcb, valid_bitmap, 0x3F0);
LAYOUT_AT(struct ghcb, shared_buffer, 0x800);
LAYOUT_AT(struct ghcb, version, 0xFFA);
LAYOUT_AT(struct ghcb, usage, 0xFFC);
LAYOUT_SIZE(struct ghcb, 4096);

#define GHCB_SHARED_BUFFER_OFFSET 0x800U
#define GHCB_SHARED_BUFFER_SIZE 2032U
#define GHCB_VERSION 2U
#define GHCB_USAGE_STANDARD 0U

/* MSR protocol, section 2.3.1: request and response codes in bits 11:0 */
#define GHCB_MSR_INFO_MASK 0xFFFULL
#define GHCB_MSR_SEV_INFO 0x001ULL
#define GHCB_MSR_SEV_INFO_REQUEST 0x002ULL
#define GHCB_MSR_CPUID_REQUEST 0x004ULL
#define GHCB_MSR_CPUID_RESPONSE 0x005ULL
#define GHCB_MSR_AP_RESET_HOLD_REQUEST 0x006ULL
#define GHCB_MSR_AP_RESET_HOLD_RESPONSE 0x007ULL
#define GHCB_MSR_PREFERRED_REQUEST 0x010ULL
#define GHCB_MSR_PREFERRED_RESPONSE 0x011ULL
#define GHCB_MSR_REGISTER_REQUEST 0x012ULL
#define GHCB_MSR_REGISTER_RESPONSE 0x013ULL
#define GHCB_MSR_PAGE_STATE_REQUEST 0x014ULL
#define GHCB_MSR_PAGE_STATE_RESPONSE 0x015ULL
#define GHCB_MSR_RUN_VMPL_REQUEST 0x016ULL
#define GHCB_MSR_RUN_VMPL_RESPONSE 0x017ULL
#define GHCB_MSR_FEATURES_REQUEST 0x080ULL
#define GHCB_MSR_FEATURES_RESPONSE 0x081ULL
#define GHCB_MSR_TERMINATE_REQUEST 0x100ULL

/* Hypervisor features (MSR 0x081, NAE 0x8000FFFD) */
#define GHCB_FEATURE_SNP (1ULL << 0)
#define GHCB_FEATURE_AP_CREATION (1ULL << 1)
#define GHCB_FEATURE_RESTRICTED_INJECTION (1ULL << 2)
#define GHCB_FEATURE_RESTRICTED_INJECTION_TIMER (1ULL << 3)
#define GHCB_FEATURE_APIC_ID_LIST (1ULL << 4)
#define GHCB_FEATURE_MULTI_VMPL (1ULL << 5)

/* NAE events beyond the intercept codes of sev.h, section 4.1 */
#define GHCB_NAE_MMIO_READ 0x80000001ULL
#define GHCB_NAE_MMIO_WRITE 0x80000002ULL
#define GHCB_NAE_NMI_COMPLETE 0x80000003ULL
#define GHCB_NAE_AP_RESET_HOLD 0x80000004ULL
#define GHCB_NAE_AP_JUMP_TABLE 0x80000005ULL
#define GHCB_NAE_PAGE_STATE_CHANGE 0x80000010ULL
#define GHCB_NAE_GUEST_REQUEST 0x80000011ULL
#define GHCB_NAE_EXTENDED_GUEST_REQUEST 0x80000012ULL
#define GHCB_NAE_AP_CREATION 0x80000013ULL
#define GHCB_NAE_HV_DOORBELL 0x80000014ULL
#define GHCB_NAE_HV_IPI 0x80000015ULL
#define GHCB_NAE_HV_TIMER 0x80000016ULL
#define GHCB_NAE_APIC_ID_LIST 0x80000017ULL
#define GHCB_NAE_RUN_VMPL 0x80000018ULL
#define GHCB_NAE_FEATURES 0x8000FFFDULL
#define GHCB_NAE_TERMINATE 0x8000FFFEULL
#define GHCB_NAE_UNSUPPORTED 0x8000FFFFULL

/* SW_EXITINFO1[31:0] on return */
#define GHCB_RESULT_OK 0U
#define GHCB_RESULT_EXCEPTION 1U
#define GHCB_RESULT_MALFORMED 2U
/* SW_EXITINFO2 with GHCB_RESULT_MALFORMED */
#define GHCB_ERROR_NOT_REGISTERED 1U
#define GHCB_ERROR_INVALID_USAGE 2U
#define GHCB_ERROR_INVALID_SCRATCH 3U
#define GHCB_ERROR_MISSING_INPUT 4U
#define GHCB_ERROR_INVALID_INPUT 5U
#define GHCB_ERROR_INVALID_EVENT 6U

/* Page state change, sections 2.3.1 and 4.1.6 */
#define PSC_OP_PRIVATE 1U
#define PSC_OP_SHARED 2U
#define PSC_OP_PSMASH 3U
#define PSC_OP_UNSMASH 4U
#define PSC_MAX_ENTRIES 253U

struct psc_header {
	u16 current_entry;
	u16 end_entry; /* inclusive */
	u32 reserved;
};
LAYOUT_SIZE(struct psc_header, 8);

#define PSC_ENTRY_CURRENT_PAGE_MASK 0xFFFULL
#define PSC_ENTRY_GFN_SHIFT 12U
#define PSC_ENTRY_GFN_MASK 0xFFFFFFFFFFULL
#define PSC_ENTRY_OP_SHIFT 52U
#define PSC_ENTRY_OP_MASK 0xFULL
#define PSC_ENTRY_LARGE (1ULL << 56)

/* AP creation, NAE 0x80000013: SW_EXITINFO1 = APIC ID [63:32], VMPL [19:16], request [15:0] */
#define AP_CREATE_ON_INIT 0U
#define AP_CREATE 1U
#define AP_DESTROY 2U

/* #HV doorbell page, NAE 0x80000014 */
#define HV_DOORBELL_GET_PREFERRED 0U
#define HV_DOORBELL_SET 1U
#define HV_DOORBELL_QUERY 2U
#define HV_DOORBELL_CLEAR 3U

struct hv_doorbell {
	u8 vector;
	u8 flags;
	u8 no_eoi_required;
	u8 vmpl_event_mask;
	u8 reserved[60];
};
LAYOUT_SIZE(struct hv_doorbell, 64);
#define HV_DOORBELL_FLAG_NMI 0x01U
#define HV_DOORBELL_FLAG_MC 0x02U
#define HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL 0x80U
#define HV_DOORBELL_NO_EOI 0x01U /* no_eoi_required */

/* Termination (MSR 0x100: reason set [15:12], reason [23:16]), section 2.3.1 */
#define GHCB_TERMINATE_SET_GHCB 0U
#define GHCB_TERMINATE_GENERAL 0U
#define GHCB_TERMINATE_GHCB_PROTOCOL 1U
#define GHCB_TERMINATE_SNP_UNSUPPORTED 2U
