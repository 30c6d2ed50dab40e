/* SPDX-License-Identifier: MIT */
/* What the platform security processor gives a guest. SEV-SNP Firmware ABI (56860), chapters 7 and 8. */
#pragma once

#include <copra/types.h>

/* CPUID page, section 8.14.2.6 and table 14 */
struct cpuid_entry {
	u32 eax_in, ecx_in;
	u64 xcr0_in, xss_in;
	u32 eax, ebx, ecx, edx;
	u64 reserved;
};
LAYOUT_SIZE(struct cpuid_entry, 48);

#define CPUID_PAGE_MAX_ENTRIES 64U

struct cpuid_page {
	u32 count;
	u32 reserved_04;
	u64 reserved_08;
	struct cpuid_entry entries[CPUID_PAGE_MAX_ENTRIES];
	u8 reserved_c10[1008];
};
LAYOUT_SIZE(struct cpuid_page, 4096);

/* Secrets page, section 8.14.2.5; SVSM fields: SVSM (58019), chapter 4 */
struct secrets_page {
	u32 version;
	u32 imi_en;
	u32 fms;
	u32 reserved_00c;
	u8 gosvw[16];
	u8 vmpck[4][32];
	u8 os_area[96];
	u8 vmsa_tweak_bitmap[64];
	u64 svsm_base;
	u64 svsm_size;
	u64 svsm_calling_area;
	u32 svsm_max_version;
	u8 svsm_guest_vmpl;
	u8 svsm_reserved[3];
	u32 tsc_factor;
	u8 reserved_164[3740];
};
LAYOUT_AT(struct secrets_page, vmpck, 0x020);
LAYOUT_AT(struct secrets_page, os_area, 0x0A0);
LAYOUT_AT(struct secrets_page, vmsa_tweak_bitmap, 0x100);
LAYOUT_AT(struct secrets_page, svsm_base, 0x140);
LAYOUT_AT(struct secrets_page, svsm_guest_vmpl, 0x15C);
LAYOUT_AT(struct secrets_page, tsc_factor, 0x160);
LAYOUT_SIZE(struct secrets_page, 4096);

/* PAGE_INFO, section 8.17.2: what one step of the launch digest hashes */
#define LAUNCH_DIGEST_SIZE 48U

struct page_info {
	u8 digest[LAUNCH_DIGEST_SIZE];
	u8 contents[LAUNCH_DIGEST_SIZE];
	u16 length;
	u8 page_type;
	u8 imi_page;
	u8 vmpl_permissions[3];
	u8 reserved;
	u64 gpa;
};
LAYOUT_SIZE(struct page_info, 0x70);

#define PAGE_TYPE_NORMAL 1U
#define PAGE_TYPE_VMSA 2U
#define PAGE_TYPE_ZERO 3U
#define PAGE_TYPE_UNMEASURED 4U
#define PAGE_TYPE_SECRETS 5U
#define PAGE_TYPE_CPUID 6U

/* Where a host that builds VMSAs itself says they lie when it measures them. */
#define LAUNCH_VMSA_GPA 0xFFFFFFFFF000ULL

/* Guest policy, section 4.3 */
#define POLICY_SMT (1ULL << 16)
#define POLICY_RESERVED_ONE (1ULL << 17)
#define POLICY_MIGRATION_AGENT (1ULL << 18)
#define POLICY_DEBUG (1ULL << 19)
#define POLICY_SINGLE_SOCKET (1ULL << 20)

/* ID block, section 8.18 and chapter 10: what the launch has to have come to */
#define ID_BLOCK_VERSION 1U
#define PSP_CURVE_P384 2U
#define PSP_ALGORITHM_P384_SHA384 1U

struct id_block {
	u8 launch_digest[LAUNCH_DIGEST_SIZE];
	u8 family_id[16];
	u8 image_id[16];
	u32 version;
	u32 guest_svn;
	u64 policy;
};
LAYOUT_AT(struct id_block, policy, 0x58);
LAYOUT_SIZE(struct id_block, 0x60);

/* A public key as it is signed and hashed; numbers are little endian */
struct psp_public_key {
	u32 curve;
	u8 x[72], y[72];
	u8 reserved[880];
};
LAYOUT_SIZE(struct psp_public_key, 0x404);

/* Guest messages, chapter 7: a header, of which the part from `algorithm` on is authenticated, and an encrypted payload */
struct guest_message_header {
	u8 tag[32]; /* 16 of them used */
	u64 sequence;
	u8 reserved_28[8];
	u8 algorithm;
	u8 header_version;
	u16 header_size;
	u8 type;
	u8 version;
	u16 size;
	u32 reserved_38;
	u8 vmpck;
	u8 reserved_3d[35];
};
LAYOUT_AT(struct guest_message_header, sequence, 0x20);
LAYOUT_AT(struct guest_message_header, algorithm, 0x30);
LAYOUT_AT(struct guest_message_header, vmpck, 0x3C);
LAYOUT_SIZE(struct guest_message_header, 0x60);

#define GUEST_MESSAGE_TAG_SIZE 16U
#define GUEST_MESSAGE_KEY_SIZE 32U
#define GUEST_MESSAGE_ALGORITHM 1U /* AES-256-GCM */
#define GUEST_MESSAGE_HEADER_VERSION 1U
#define GUEST_MESSAGE_AUTHENTICATED offsetof(struct guest_message_header, algorithm)
#define GUEST_MESSAGE_PAYLOAD_MAX (4096U - sizeof(struct guest_message_header))

#define GUEST_MESSAGE_KEY_REQUEST 3U
#define GUEST_MESSAGE_REPORT_REQUEST 5U
#define GUEST_MESSAGE_TSC_REQUEST 17U /* a response has the type of its request plus 1 */

/* Status of the command that carries a message, chapter 6 */
#define PSP_SUCCESS 0U
#define PSP_POLICY_FAILURE 0x07U
#define PSP_BAD_SIGNATURE 0x0AU
#define PSP_BAD_MEASUREMENT 0x0BU
#define PSP_INVALID_PARAMETER 0x16U
#define PSP_AEAD_OVERFLOW 0x1DU
/* Status inside a response */
#define PSP_STATUS_INVALID_PARAMETER 0x16U
#define PSP_STATUS_INVALID_KEY 0x27U

/* How a host answers a guest request, 56421 section 4.1.7: in the upper half of SW_EXITINFO2 */
#define GUEST_REQUEST_BUFFER_TOO_SMALL 1ULL
#define GUEST_REQUEST_BUSY 2ULL

struct report_request {
	u8 data[64];
	u32 vmpl;
	u32 flags;
	u8 reserved[24];
};
LAYOUT_SIZE(struct report_request, 0x60);
#define REPORT_KEY_MASK 3U
#define REPORT_KEY_VLEK 2U

/* Attestation report, table 23 */
struct attestation_report {
	u32 version;
	u32 guest_svn;
	u64 policy;
	u8 family_id[16];
	u8 image_id[16];
	u32 vmpl;
	u32 signature_algorithm;
	u64 current_tcb;
	u64 platform_info;
	u32 key_info;
	u32 reserved_04c;
	u8 report_data[64];
	u8 measurement[LAUNCH_DIGEST_SIZE];
	u8 host_data[32];
	u8 id_key_digest[48];
	u8 author_key_digest[48];
	u8 report_id[32];
	u8 report_id_ma[32];
	u64 reported_tcb;
	u8 cpu_family, cpu_model, cpu_stepping; /* from version 3 on */
	u8 reserved_18b[21];
	u8 chip_id[64];
	u64 committed_tcb;
	u8 current_build, current_minor, current_major, reserved_1eb;
	u8 committed_build, committed_minor, committed_major, reserved_1ef;
	u64 launch_tcb;
	u8 reserved_1f8[168];
	u8 signature_r[72], signature_s[72]; /* little endian */
	u8 signature_reserved[368];
};
LAYOUT_AT(struct attestation_report, vmpl, 0x030);
LAYOUT_AT(struct attestation_report, key_info, 0x048);
LAYOUT_AT(struct attestation_report, report_data, 0x050);
LAYOUT_AT(struct attestation_report, measurement, 0x090);
LAYOUT_AT(struct attestation_report, id_key_digest, 0x0E0);
LAYOUT_AT(struct attestation_report, report_id, 0x140);
LAYOUT_AT(struct attestation_report, reported_tcb, 0x180);
LAYOUT_AT(struct attestation_report, chip_id, 0x1A0);
LAYOUT_AT(struct attestation_report, committed_tcb, 0x1E0);
LAYOUT_AT(struct attestation_report, launch_tcb, 0x1F0);
LAYOUT_AT(struct attestation_report, signature_r, 0x2A0);
LAYOUT_SIZE(struct attestation_report, 0x4A0);

#define REPORT_SIGNED_SIZE offsetof(struct attestation_report, signature_r)
#define REPORT_KEY_INFO_AUTHOR (1U << 0)
#define REPORT_KEY_INFO_MASKED (1U << 1)
#define REPORT_KEY_INFO_SIGNER(info) ((info) >> 2 & 7U) /* 0 VCEK, 1 VLEK, 7 none */

struct report_response {
	u32 status;
	u32 size;
	u8 reserved[24];
	struct attestation_report report;
};
LAYOUT_SIZE(struct report_response, 0x4C0);

/* Security patch levels of a TCB version, as Milan and Genoa have them */
#define TCB_BOOT_LOADER(tcb) ((u8)(tcb))
#define TCB_TEE(tcb) ((u8)((tcb) >> 8))
#define TCB_SNP(tcb) ((u8)((tcb) >> 48))
#define TCB_MICROCODE(tcb) ((u8)((tcb) >> 56))

struct key_request {
	u32 root_key_select;
	u32 reserved_04;
	u64 field_select;
	u32 vmpl;
	u32 guest_svn;
	u64 tcb;
};
LAYOUT_SIZE(struct key_request, 0x20);
#define KEY_ROOT_VMRK (1U << 0)
#define KEY_SELECT(root) ((root) >> 1 & 3U) /* as the flags of a report request */
#define KEY_FIELD_POLICY (1ULL << 0)
#define KEY_FIELD_IMAGE (1ULL << 1)
#define KEY_FIELD_FAMILY (1ULL << 2)
#define KEY_FIELD_MEASUREMENT (1ULL << 3)
#define KEY_FIELD_SVN (1ULL << 4)
#define KEY_FIELD_TCB (1ULL << 5)

struct key_response {
	u32 status;
	u8 reserved[28];
	u8 key[32];
};
LAYOUT_SIZE(struct key_response, 0x40);

struct tsc_request {
	u8 reserved[128];
};

struct tsc_response {
	u32 status;
	u32 reserved_04;
	u64 scale; /* 8.32 fixed point */
	u64 offset;
	u32 factor;
	u8 reserved_1c[100];
};
LAYOUT_SIZE(struct tsc_response, 0x80);
