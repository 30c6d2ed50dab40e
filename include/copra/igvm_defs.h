/* SPDX-License-Identifier: MIT */
/*
 * The IGVM file format: the igvm_defs crate documentation. All fields little endian. A variable header is a
 * struct igvm_variable_header, its content (struct igvm_vhs_*), and zeros up to a multiple of 8 bytes.
 */
#pragma once

#include <copra/types.h>

#define IGVM_MAGIC 0x4D564749U /* "IGVM" */
#define IGVM_FORMAT_V1 1U
#define IGVM_FORMAT_V2 2U
#define IGVM_HEADER_ALIGNMENT 8U

struct igvm_fixed_header {
	u32 magic;
	u32 format_version;
	u32 variable_header_offset;
	u32 variable_header_size;
	u32 total_file_size;
	u32 checksum; /* CRC-32 of this header with checksum = 0, then of the variable headers */
};
LAYOUT_AT(struct igvm_fixed_header, checksum, 20);
LAYOUT_SIZE(struct igvm_fixed_header, 24);

struct igvm_fixed_header_v2 {
	struct igvm_fixed_header v1;
	u32 architecture;
	u32 page_size;
};
LAYOUT_SIZE(struct igvm_fixed_header_v2, 32);

#define IGVM_ARCHITECTURE_X64 0U
#define IGVM_ARCHITECTURE_AARCH64 1U

struct igvm_variable_header {
	u32 type;
	u32 length; /* of the content, without padding */
};
LAYOUT_SIZE(struct igvm_variable_header, 8);

/* The three sections of the variable headers, by type; a file has them in this order. */
#define IGVM_VHT_PLATFORM_FIRST 0x001U
#define IGVM_VHT_PLATFORM_LAST 0x100U
#define IGVM_VHT_INITIALIZATION_FIRST 0x101U
#define IGVM_VHT_INITIALIZATION_LAST 0x200U
#define IGVM_VHT_DIRECTIVE_FIRST 0x301U
#define IGVM_VHT_DIRECTIVE_LAST 0x400U

/* Types */
#define IGVM_VHT_SUPPORTED_PLATFORM 0x001U
#define IGVM_VHT_GUEST_POLICY 0x101U
#define IGVM_VHT_RELOCATABLE_REGION 0x102U
#define IGVM_VHT_PAGE_TABLE_RELOCATION_REGION 0x103U
#define IGVM_VHT_CORIM_DOCUMENT 0x104U
#define IGVM_VHT_CORIM_SIGNATURE 0x105U
#define IGVM_VHT_CCA_POLICY 0x106U
#define IGVM_VHT_PARAMETER_AREA 0x301U
#define IGVM_VHT_PAGE_DATA 0x302U
#define IGVM_VHT_PARAMETER_INSERT 0x303U
#define IGVM_VHT_VP_CONTEXT 0x304U
#define IGVM_VHT_REQUIRED_MEMORY 0x305U
#define IGVM_VHT_VP_COUNT_PARAMETER 0x307U
#define IGVM_VHT_SRAT 0x308U
#define IGVM_VHT_MADT 0x309U
#define IGVM_VHT_MMIO_RANGES 0x30AU
#define IGVM_VHT_SNP_ID_BLOCK 0x30BU
#define IGVM_VHT_MEMORY_MAP 0x30CU
#define IGVM_VHT_ERROR_RANGE 0x30DU
#define IGVM_VHT_COMMAND_LINE 0x30EU
#define IGVM_VHT_SLIT 0x30FU
#define IGVM_VHT_PPTT 0x310U
#define IGVM_VHT_VBS_MEASUREMENT 0x311U
#define IGVM_VHT_DEVICE_TREE 0x312U
#define IGVM_VHT_ENVIRONMENT_INFO_PARAMETER 0x313U

/* Platforms */
#define IGVM_PLATFORM_NATIVE 0U
#define IGVM_PLATFORM_VSM_ISOLATION 1U
#define IGVM_PLATFORM_SEV_SNP 2U
#define IGVM_PLATFORM_TDX 3U
#define IGVM_PLATFORM_SEV 4U
#define IGVM_PLATFORM_SEV_ES 5U
#define IGVM_PLATFORM_CCA 6U
#define IGVM_PLATFORM_VERSION 1U

struct igvm_vhs_supported_platform {
	u32 compatibility_mask; /* one bit, which the other headers' masks name */
	u8 highest_vtl;
	u8 platform_type; /* IGVM_PLATFORM_* */
	u16 platform_version;
	u64 shared_gpa_boundary;
};
LAYOUT_AT(struct igvm_vhs_supported_platform, platform_type, 5);
LAYOUT_AT(struct igvm_vhs_supported_platform, shared_gpa_boundary, 8);
LAYOUT_SIZE(struct igvm_vhs_supported_platform, 16);

struct igvm_vhs_guest_policy {
	u64 policy; /* SNP: the guest policy of the firmware ABI */
	u32 compatibility_mask;
	u32 reserved;
};
LAYOUT_AT(struct igvm_vhs_guest_policy, compatibility_mask, 8);
LAYOUT_SIZE(struct igvm_vhs_guest_policy, 16);

/* igvm_vhs_relocatable_region.flags: the region is VTL2's; move the program counter, the GDT with it */
#define IGVM_RELOCATABLE_VTL2 0x1U
#define IGVM_RELOCATABLE_APPLY_PC 0x2U
#define IGVM_RELOCATABLE_APPLY_GDTR 0x4U
#define IGVM_RELOCATABLE_FLAGS 0x7U

struct igvm_vhs_relocatable_region {
	u32 compatibility_mask;
	u16 vp_index;
	u8 vtl;
	u8 flags;
	u64 relocation_alignment;
	u64 relocation_region_gpa;
	u64 relocation_region_size;
	u64 minimum_relocation_gpa;
	u64 maximum_relocation_gpa;
};
LAYOUT_AT(struct igvm_vhs_relocatable_region, relocation_alignment, 8);
LAYOUT_SIZE(struct igvm_vhs_relocatable_region, 48);

struct igvm_vhs_page_table_relocation {
	u32 compatibility_mask;
	u16 vp_index;
	u8 vtl;
	u8 reserved;
	u64 gpa;
	u64 size;
	u64 used_size;
};
LAYOUT_AT(struct igvm_vhs_page_table_relocation, gpa, 8);
LAYOUT_SIZE(struct igvm_vhs_page_table_relocation, 32);

/* Content of CORIM_DOCUMENT and CORIM_SIGNATURE */
struct igvm_vhs_corim {
	u32 compatibility_mask;
	u32 file_offset;
	u32 size_bytes;
	u32 reserved;
};
LAYOUT_AT(struct igvm_vhs_corim, size_bytes, 8);
LAYOUT_SIZE(struct igvm_vhs_corim, 16);

struct igvm_vhs_cca_policy {
	u32 compatibility_mask;
	u32 reserved;
	u64 attributes_required_zeroes;
	u64 attributes_required_ones;
	u8 hash_algorithm;
	u8 lfa_policy;
	u8 reserved2[6];
};
LAYOUT_AT(struct igvm_vhs_cca_policy, attributes_required_zeroes, 8);
LAYOUT_AT(struct igvm_vhs_cca_policy, hash_algorithm, 24);
LAYOUT_SIZE(struct igvm_vhs_cca_policy, 32);

struct igvm_vhs_parameter_area {
	u64 number_of_bytes; /* a multiple of 4 KiB */
	u32 parameter_area_index;
	u32 file_offset; /* initial data, 0 for zeros */
};
LAYOUT_AT(struct igvm_vhs_parameter_area, parameter_area_index, 8);
LAYOUT_SIZE(struct igvm_vhs_parameter_area, 16);

/* igvm_vhs_page_data.flags */
#define IGVM_PAGE_DATA_2MB 0x1U
#define IGVM_PAGE_DATA_UNMEASURED 0x2U
#define IGVM_PAGE_DATA_SHARED 0x4U
#define IGVM_PAGE_DATA_FLAGS 0x7U

/* igvm_vhs_page_data.data_type */
#define IGVM_PAGE_NORMAL 0U
#define IGVM_PAGE_SECRETS 1U
#define IGVM_PAGE_CPUID 2U
#define IGVM_PAGE_CPUID_XF 3U

struct igvm_vhs_page_data {
	u64 gpa;
	u32 compatibility_mask;
	u32 file_offset; /* 0 for a page of zeros */
	u32 flags;
	u16 data_type;
	u16 reserved;
};
LAYOUT_AT(struct igvm_vhs_page_data, file_offset, 12);
LAYOUT_AT(struct igvm_vhs_page_data, data_type, 20);
LAYOUT_SIZE(struct igvm_vhs_page_data, 24);

struct igvm_vhs_parameter_insert {
	u64 gpa;
	u32 compatibility_mask;
	u32 parameter_area_index;
};
LAYOUT_AT(struct igvm_vhs_parameter_insert, parameter_area_index, 12);
LAYOUT_SIZE(struct igvm_vhs_parameter_insert, 16);

/* The content is 20 bytes in the file, without the struct's own padding. */
#define IGVM_VP_CONTEXT_LENGTH 20U

struct igvm_vhs_vp_context {
	u64 gpa;
	u32 compatibility_mask;
	u32 file_offset; /* SNP: one page, the VMSA */
	u16 vp_index;
	u16 reserved;
};
LAYOUT_AT(struct igvm_vhs_vp_context, file_offset, 12);
LAYOUT_AT(struct igvm_vhs_vp_context, vp_index, 16);
LAYOUT_AT(struct igvm_vhs_vp_context, reserved, 18);

#define IGVM_REQUIRED_MEMORY_VTL2_PROTECTABLE 0x1U

struct igvm_vhs_required_memory {
	u64 gpa;
	u32 compatibility_mask;
	u32 number_of_bytes;
	u32 flags;
	u32 reserved;
};
LAYOUT_AT(struct igvm_vhs_required_memory, number_of_bytes, 12);
LAYOUT_SIZE(struct igvm_vhs_required_memory, 24);

/* Content of VP_COUNT, SRAT, MADT, MMIO_RANGES, MEMORY_MAP, COMMAND_LINE, SLIT, PPTT, DEVICE_TREE, ENVIRONMENT_INFO */
struct igvm_vhs_parameter {
	u32 parameter_area_index;
	u32 byte_offset;
};
LAYOUT_SIZE(struct igvm_vhs_parameter, 8);

struct igvm_vhs_error_range {
	u64 gpa;
	u32 compatibility_mask;
	u32 size_bytes;
};
LAYOUT_SIZE(struct igvm_vhs_error_range, 16);

struct igvm_snp_signature {
	u8 r[72];
	u8 s[72];
};
LAYOUT_SIZE(struct igvm_snp_signature, 144);

struct igvm_snp_public_key {
	u32 curve;
	u32 reserved;
	u8 qx[72];
	u8 qy[72];
};
LAYOUT_SIZE(struct igvm_snp_public_key, 152);

struct igvm_vhs_snp_id_block {
	u32 compatibility_mask;
	u8 author_key_enabled;
	u8 reserved[3];
	u8 launch_digest[48];
	u8 family_id[16];
	u8 image_id[16];
	u32 version;
	u32 guest_svn;
	u32 id_key_algorithm;
	u32 author_key_algorithm;
	struct igvm_snp_signature id_key_signature;
	struct igvm_snp_public_key id_public_key;
	struct igvm_snp_signature author_key_signature;
	struct igvm_snp_public_key author_public_key;
};
LAYOUT_AT(struct igvm_vhs_snp_id_block, launch_digest, 0x008);
LAYOUT_AT(struct igvm_vhs_snp_id_block, version, 0x058);
LAYOUT_AT(struct igvm_vhs_snp_id_block, id_key_signature, 0x068);
LAYOUT_AT(struct igvm_vhs_snp_id_block, id_public_key, 0x0F8);
LAYOUT_AT(struct igvm_vhs_snp_id_block, author_key_signature, 0x190);
LAYOUT_AT(struct igvm_vhs_snp_id_block, author_public_key, 0x220);
LAYOUT_SIZE(struct igvm_vhs_snp_id_block, 696);

struct igvm_vhs_vbs_measurement {
	u32 compatibility_mask;
	u32 version;
	u32 product_id;
	u32 module_id;
	u32 security_version;
	u32 policy_flags;
	u32 digest_algorithm;  /* 1: SHA-256 */
	u32 signing_algorithm; /* 1: ECDSA P-384 */
	u8 digest[64];
	u8 signature[256];
	u8 public_key[512];
};
LAYOUT_AT(struct igvm_vhs_vbs_measurement, digest, 32);
LAYOUT_AT(struct igvm_vhs_vbs_measurement, public_key, 352);
LAYOUT_SIZE(struct igvm_vhs_vbs_measurement, 864);

/* Data of a VP_CONTEXT of platforms NATIVE and SEV: one page, zero behind this */
struct igvm_native_context {
	u64 rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi;
	u64 r8, r9, r10, r11, r12, r13, r14, r15;
	u64 rip;
	u64 rflags;
	u64 idtr_base;
	u16 idtr_limit;
	u16 reserved[2];
	u16 gdtr_limit;
	u64 gdtr_base;
	u16 code_selector;
	u16 code_attributes; /* as in a VMSA, bits 11:8 zero */
	u32 code_base;
	u32 code_limit;
	u16 data_selector;
	u16 data_attributes;
	u32 data_base;
	u32 data_limit;
	u64 gs_base;
	u64 cr0;
	u64 cr3;
	u64 cr4;
	u64 efer;
};
LAYOUT_AT(struct igvm_native_context, rip, 0x80);
LAYOUT_AT(struct igvm_native_context, idtr_limit, 0x98);
LAYOUT_AT(struct igvm_native_context, gdtr_base, 0xA0);
LAYOUT_AT(struct igvm_native_context, code_limit, 0xB0);
LAYOUT_AT(struct igvm_native_context, gs_base, 0xC0);
LAYOUT_AT(struct igvm_native_context, efer, 0xE0);
LAYOUT_SIZE(struct igvm_native_context, 232);

/* Data of a VP_CONTEXT of platform CCA: one page, zero behind this */
struct igvm_cca_context {
	u64 x[8];
	u64 pc;
	u64 flags;
};
LAYOUT_SIZE(struct igvm_cca_context, 80);

/* Data of a VP_CONTEXT of platform VSM: a u32 count, then that many of these, not aligned */
struct igvm_vbs_register {
	u8 vtl;
	u8 name[4];
	u8 zeros[11];
	u8 value[16];
};
LAYOUT_AT(struct igvm_vbs_register, value, 16);
LAYOUT_SIZE(struct igvm_vbs_register, 32);

/* What the host writes in a parameter area for MEMORY_MAP: sorted, ended by number_of_pages = 0 or the area's end */
struct igvm_memory_map_entry {
	u64 starting_gpa_page_number;
	u64 number_of_pages;
	u16 entry_type; /* IGVM_MEMORY_* */
	u16 flags;
	u32 reserved;
};
LAYOUT_AT(struct igvm_memory_map_entry, entry_type, 16);
LAYOUT_SIZE(struct igvm_memory_map_entry, 24);

#define IGVM_MEMORY_RAM 0U
#define IGVM_MEMORY_PLATFORM_RESERVED 1U
#define IGVM_MEMORY_PERSISTENT 2U
#define IGVM_MEMORY_VTL2_PROTECTABLE 3U
#define IGVM_MEMORY_SPECIFIC_PURPOSE 4U
#define IGVM_MEMORY_HIDDEN 5U

/* What the host writes for ENVIRONMENT_INFO: a u32 */
#define IGVM_ENVIRONMENT_MEMORY_IS_SHARED 0x1U
