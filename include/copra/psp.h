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

/* Secrets page, section 8.14.2.5; SVSM fields: SVSM (58019), chapter 3 */
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
