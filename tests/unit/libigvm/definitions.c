/* SPDX-License-Identifier: MIT */
/*
 * The public <igvm/igvm_defs.h> and our own copra/igvm_defs.h were written apart from the same documentation; the compiler
 * compares them here, constant by constant and field by field. Both use some names alike: the public ones are kept under
 * other names before the second header makes macros of them.
 */
#include <igvm/igvm.h>
#include <igvm/igvm_defs.h>

#define SAME_NAMES(X) \
	X(IGVM_VHT_SUPPORTED_PLATFORM) \
	X(IGVM_VHT_GUEST_POLICY) \
	X(IGVM_VHT_RELOCATABLE_REGION) \
	X(IGVM_VHT_PAGE_TABLE_RELOCATION_REGION) \
	X(IGVM_VHT_CORIM_DOCUMENT) \
	X(IGVM_VHT_CORIM_SIGNATURE) \
	X(IGVM_VHT_CCA_POLICY) \
	X(IGVM_VHT_PARAMETER_AREA) \
	X(IGVM_VHT_PAGE_DATA) \
	X(IGVM_VHT_PARAMETER_INSERT) \
	X(IGVM_VHT_VP_CONTEXT) \
	X(IGVM_VHT_REQUIRED_MEMORY) \
	X(IGVM_VHT_VP_COUNT_PARAMETER) \
	X(IGVM_VHT_SRAT) \
	X(IGVM_VHT_MADT) \
	X(IGVM_VHT_MMIO_RANGES) \
	X(IGVM_VHT_SNP_ID_BLOCK) \
	X(IGVM_VHT_MEMORY_MAP) \
	X(IGVM_VHT_ERROR_RANGE) \
	X(IGVM_VHT_COMMAND_LINE) \
	X(IGVM_VHT_SLIT) \
	X(IGVM_VHT_PPTT) \
	X(IGVM_VHT_VBS_MEASUREMENT) \
	X(IGVM_VHT_DEVICE_TREE) \
	X(IGVM_VHT_ENVIRONMENT_INFO_PARAMETER) \
	X(IGVM_ARCHITECTURE_X64) \
	X(IGVM_ARCHITECTURE_AARCH64)

#define KEEP(name) public_##name = (name),
enum {
	SAME_NAMES(KEEP)
};

#include <copra/igvm_defs.h>

#include "igvm/numbers.h"

#define EQUAL(one, other) _Static_assert((one) == (other), #one " and " #other " differ")
#define COMPARE(name) EQUAL(public_##name, name);
SAME_NAMES(COMPARE)

EQUAL(IGVM_MAGIC_VALUE, IGVM_MAGIC);
EQUAL(IGVM_FORMAT_VERSION_1, IGVM_FORMAT_V1);
EQUAL(IGVM_FORMAT_VERSION_2, IGVM_FORMAT_V2);
EQUAL(IGVM_PAGE_SIZE_4K, PAGE_SIZE);
EQUAL(IGVM_PLATFORM_TYPE_NATIVE, IGVM_PLATFORM_NATIVE);
EQUAL(IGVM_PLATFORM_TYPE_VSM_ISOLATION, IGVM_PLATFORM_VSM_ISOLATION);
EQUAL(IGVM_PLATFORM_TYPE_SEV_SNP, IGVM_PLATFORM_SEV_SNP);
EQUAL(IGVM_PLATFORM_TYPE_TDX, IGVM_PLATFORM_TDX);
EQUAL(IGVM_PLATFORM_TYPE_SEV, IGVM_PLATFORM_SEV);
EQUAL(IGVM_PLATFORM_TYPE_SEV_ES, IGVM_PLATFORM_SEV_ES);
EQUAL(IGVM_PLATFORM_TYPE_CCA, IGVM_PLATFORM_CCA);
EQUAL(IGVM_SEV_SNP_PLATFORM_VERSION, IGVM_PLATFORM_VERSION);
EQUAL(IGVM_PAGE_DATA_TYPE_NORMAL, IGVM_PAGE_NORMAL);
EQUAL(IGVM_PAGE_DATA_TYPE_SECRETS, IGVM_PAGE_SECRETS);
EQUAL(IGVM_PAGE_DATA_TYPE_CPUID_DATA, IGVM_PAGE_CPUID);
EQUAL(IGVM_PAGE_DATA_TYPE_CPUID_XF, IGVM_PAGE_CPUID_XF);
EQUAL(IGVM_VHF_RELOCATABLE_REGION_IS_VTL2, IGVM_RELOCATABLE_VTL2);
EQUAL(IGVM_VHF_RELOCATABLE_REGION_APPLY_PC, IGVM_RELOCATABLE_APPLY_PC);
EQUAL(IGVM_VHF_RELOCATABLE_REGION_APPLY_GDTR, IGVM_RELOCATABLE_APPLY_GDTR);
EQUAL(IGVM_MEMORY_MAP_ENTRY_TYPE_MEMORY, IGVM_MEMORY_RAM);
EQUAL(IGVM_MEMORY_MAP_ENTRY_TYPE_PLATFORM_RESERVED, IGVM_MEMORY_PLATFORM_RESERVED);
EQUAL(IGVM_MEMORY_MAP_ENTRY_TYPE_PERSISTENT, IGVM_MEMORY_PERSISTENT);
EQUAL(IGVM_MEMORY_MAP_ENTRY_TYPE_VTL2_PROTECTABLE, IGVM_MEMORY_VTL2_PROTECTABLE);
EQUAL(IGVM_MEMORY_MAP_ENTRY_TYPE_SPECIFIC_PURPOSE, IGVM_MEMORY_SPECIFIC_PURPOSE);
EQUAL(IGVM_MEMORY_MAP_ENTRY_TYPE_HIDDEN, IGVM_MEMORY_HIDDEN);

EQUAL(IGVMAPI_NO_PLATFORM_HEADERS, (int)IGVM_FLAW_NO_PLATFORM);
EQUAL(IGVMAPI_INVALID_BINARY_PLATFORM_HEADER, (int)IGVM_FLAW_PLATFORM_HEADER);
EQUAL(IGVMAPI_INVALID_BINARY_INITIALIZATION_HEADER, (int)IGVM_FLAW_INITIALIZATION_HEADER);
EQUAL(IGVMAPI_INVALID_BINARY_DIRECTIVE_HEADER, (int)IGVM_FLAW_DIRECTIVE_HEADER);
EQUAL(IGVMAPI_MULTIPLE_PLATFORM_HEADERS_WITH_SAME_ISOLATION, (int)IGVM_FLAW_PLATFORM_TWICE);
EQUAL(IGVMAPI_INVALID_PARAMETER_AREA_INDEX, (int)IGVM_FLAW_PARAMETER_AREA);
EQUAL(IGVMAPI_INVALID_FIXED_HEADER, (int)IGVM_FLAW_FIXED_HEADER);
EQUAL(IGVMAPI_INVALID_BINARY_VARIABLE_HEADER_SECTION, (int)IGVM_FLAW_HEADER_SECTION);
EQUAL(IGVMAPI_INVALID_CHECKSUM, (int)IGVM_FLAW_CHECKSUM);
EQUAL(IGVMAPI_MULTIPLE_PAGE_TABLE_RELOCATION_HEADERS, (int)IGVM_FLAW_PAGE_TABLES_TWICE);
EQUAL(IGVMAPI_RELOCATION_REGIONS_OVERLAP, (int)IGVM_FLAW_RELOCATION_OVERLAP);
EQUAL(IGVMAPI_PARAMETER_INSERT_INSIDE_PAGE_TABLE_REGION, (int)IGVM_FLAW_INSERT_IN_PAGE_TABLES);
EQUAL(IGVMAPI_NO_MATCHING_VP_CONTEXT, (int)IGVM_FLAW_NO_MATCHING_CONTEXT);
EQUAL(IGVMAPI_PLATFORM_ARCH_UNSUPPORTED, (int)IGVM_FLAW_PLATFORM_ARCHITECTURE);
EQUAL(IGVMAPI_UNSUPPORTED_PAGE_SIZE, (int)IGVM_FLAW_PAGE_SIZE);
EQUAL(IGVMAPI_INVALID_CCA_POLICY_COMPATIBILITY_MASK, (int)IGVM_FLAW_CCA_POLICY_MASK);
EQUAL((int)IGVM_HEADER_SECTION_PLATFORM, (int)IGVM_SECTION_PLATFORM);
EQUAL((int)IGVM_HEADER_SECTION_INITIALIZATION, (int)IGVM_SECTION_INITIALIZATION);
EQUAL((int)IGVM_HEADER_SECTION_DIRECTIVE, (int)IGVM_SECTION_DIRECTIVE);

#define SIZE(public, own) EQUAL(sizeof(public), sizeof(struct own))
#define PLACE(public, field, own, own_field) EQUAL(offsetof(public, field), offsetof(struct own, own_field))
#define ALIKE(public, own, field) PLACE(public, field, own, field)

SIZE(IGVM_FIXED_HEADER, igvm_fixed_header);
ALIKE(IGVM_FIXED_HEADER, igvm_fixed_header, format_version);
ALIKE(IGVM_FIXED_HEADER, igvm_fixed_header, variable_header_offset);
ALIKE(IGVM_FIXED_HEADER, igvm_fixed_header, variable_header_size);
ALIKE(IGVM_FIXED_HEADER, igvm_fixed_header, total_file_size);
ALIKE(IGVM_FIXED_HEADER, igvm_fixed_header, checksum);
SIZE(IGVM_FIXED_HEADER_V2, igvm_fixed_header_v2);
ALIKE(IGVM_FIXED_HEADER_V2, igvm_fixed_header_v2, architecture);
ALIKE(IGVM_FIXED_HEADER_V2, igvm_fixed_header_v2, page_size);
SIZE(IGVM_VHS_VARIABLE_HEADER, igvm_variable_header);
PLACE(IGVM_VHS_VARIABLE_HEADER, typ, igvm_variable_header, type);
ALIKE(IGVM_VHS_VARIABLE_HEADER, igvm_variable_header, length);

SIZE(IGVM_VHS_SUPPORTED_PLATFORM, igvm_vhs_supported_platform);
ALIKE(IGVM_VHS_SUPPORTED_PLATFORM, igvm_vhs_supported_platform, highest_vtl);
ALIKE(IGVM_VHS_SUPPORTED_PLATFORM, igvm_vhs_supported_platform, platform_type);
ALIKE(IGVM_VHS_SUPPORTED_PLATFORM, igvm_vhs_supported_platform, platform_version);
ALIKE(IGVM_VHS_SUPPORTED_PLATFORM, igvm_vhs_supported_platform, shared_gpa_boundary);
SIZE(IGVM_VHS_GUEST_POLICY, igvm_vhs_guest_policy);
ALIKE(IGVM_VHS_GUEST_POLICY, igvm_vhs_guest_policy, compatibility_mask);
SIZE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region);
ALIKE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region, vp_index);
ALIKE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region, vtl);
ALIKE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region, flags);
ALIKE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region, relocation_region_gpa);
ALIKE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region, relocation_region_size);
ALIKE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region, minimum_relocation_gpa);
ALIKE(IGVM_VHS_RELOCATABLE_REGION, igvm_vhs_relocatable_region, maximum_relocation_gpa);
SIZE(IGVM_VHS_PAGE_TABLE_RELOCATION, igvm_vhs_page_table_relocation);
ALIKE(IGVM_VHS_PAGE_TABLE_RELOCATION, igvm_vhs_page_table_relocation, vp_index);
ALIKE(IGVM_VHS_PAGE_TABLE_RELOCATION, igvm_vhs_page_table_relocation, gpa);
ALIKE(IGVM_VHS_PAGE_TABLE_RELOCATION, igvm_vhs_page_table_relocation, size);
ALIKE(IGVM_VHS_PAGE_TABLE_RELOCATION, igvm_vhs_page_table_relocation, used_size);
SIZE(IGVM_VHS_CORIM_DATA, igvm_vhs_corim);
ALIKE(IGVM_VHS_CORIM_DATA, igvm_vhs_corim, file_offset);
ALIKE(IGVM_VHS_CORIM_DATA, igvm_vhs_corim, size_bytes);
SIZE(IGVM_VHS_CCA_POLICY, igvm_vhs_cca_policy);
ALIKE(IGVM_VHS_CCA_POLICY, igvm_vhs_cca_policy, attributes_required_zeroes);
ALIKE(IGVM_VHS_CCA_POLICY, igvm_vhs_cca_policy, attributes_required_ones);
ALIKE(IGVM_VHS_CCA_POLICY, igvm_vhs_cca_policy, hash_algorithm);
ALIKE(IGVM_VHS_CCA_POLICY, igvm_vhs_cca_policy, lfa_policy);

SIZE(IGVM_VHS_PARAMETER_AREA, igvm_vhs_parameter_area);
ALIKE(IGVM_VHS_PARAMETER_AREA, igvm_vhs_parameter_area, parameter_area_index);
ALIKE(IGVM_VHS_PARAMETER_AREA, igvm_vhs_parameter_area, file_offset);
SIZE(IGVM_VHS_PAGE_DATA, igvm_vhs_page_data);
ALIKE(IGVM_VHS_PAGE_DATA, igvm_vhs_page_data, compatibility_mask);
ALIKE(IGVM_VHS_PAGE_DATA, igvm_vhs_page_data, file_offset);
ALIKE(IGVM_VHS_PAGE_DATA, igvm_vhs_page_data, flags);
ALIKE(IGVM_VHS_PAGE_DATA, igvm_vhs_page_data, data_type);
SIZE(IGVM_VHS_PARAMETER_INSERT, igvm_vhs_parameter_insert);
ALIKE(IGVM_VHS_PARAMETER_INSERT, igvm_vhs_parameter_insert, compatibility_mask);
ALIKE(IGVM_VHS_PARAMETER_INSERT, igvm_vhs_parameter_insert, parameter_area_index);
SIZE(IGVM_VHS_PARAMETER, igvm_vhs_parameter);
ALIKE(IGVM_VHS_PARAMETER, igvm_vhs_parameter, byte_offset);
SIZE(IGVM_VHS_VP_CONTEXT, igvm_vhs_vp_context);
ALIKE(IGVM_VHS_VP_CONTEXT, igvm_vhs_vp_context, compatibility_mask);
ALIKE(IGVM_VHS_VP_CONTEXT, igvm_vhs_vp_context, file_offset);
ALIKE(IGVM_VHS_VP_CONTEXT, igvm_vhs_vp_context, vp_index);
SIZE(IGVM_VHS_ERROR_RANGE, igvm_vhs_error_range);
ALIKE(IGVM_VHS_ERROR_RANGE, igvm_vhs_error_range, compatibility_mask);
ALIKE(IGVM_VHS_ERROR_RANGE, igvm_vhs_error_range, size_bytes);
SIZE(IGVM_VHS_REQUIRED_MEMORY, igvm_vhs_required_memory);
ALIKE(IGVM_VHS_REQUIRED_MEMORY, igvm_vhs_required_memory, compatibility_mask);
ALIKE(IGVM_VHS_REQUIRED_MEMORY, igvm_vhs_required_memory, number_of_bytes);
ALIKE(IGVM_VHS_REQUIRED_MEMORY, igvm_vhs_required_memory, flags);
SIZE(IGVM_VHS_SNP_ID_BLOCK_SIGNATURE, igvm_snp_signature);
SIZE(IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY, igvm_snp_public_key);
ALIKE(IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY, igvm_snp_public_key, qx);
ALIKE(IGVM_VHS_SNP_ID_BLOCK_PUBLIC_KEY, igvm_snp_public_key, qy);
SIZE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, author_key_enabled);
PLACE(IGVM_VHS_SNP_ID_BLOCK, ld, igvm_vhs_snp_id_block, launch_digest);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, family_id);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, image_id);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, version);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, guest_svn);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, id_key_algorithm);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, author_key_algorithm);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, id_key_signature);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, id_public_key);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, author_key_signature);
ALIKE(IGVM_VHS_SNP_ID_BLOCK, igvm_vhs_snp_id_block, author_public_key);
SIZE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement);
ALIKE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement, version);
ALIKE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement, product_id);
ALIKE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement, module_id);
ALIKE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement, security_version);
ALIKE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement, policy_flags);
PLACE(IGVM_VHS_VBS_MEASUREMENT, boot_digest_algo, igvm_vhs_vbs_measurement, digest_algorithm);
PLACE(IGVM_VHS_VBS_MEASUREMENT, signing_algo, igvm_vhs_vbs_measurement, signing_algorithm);
PLACE(IGVM_VHS_VBS_MEASUREMENT, boot_measurement_digest, igvm_vhs_vbs_measurement, digest);
ALIKE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement, signature);
ALIKE(IGVM_VHS_VBS_MEASUREMENT, igvm_vhs_vbs_measurement, public_key);

SIZE(IGVM_VHS_MEMORY_MAP_ENTRY, igvm_memory_map_entry);
ALIKE(IGVM_VHS_MEMORY_MAP_ENTRY, igvm_memory_map_entry, number_of_pages);
ALIKE(IGVM_VHS_MEMORY_MAP_ENTRY, igvm_memory_map_entry, entry_type);
ALIKE(IGVM_VHS_MEMORY_MAP_ENTRY, igvm_memory_map_entry, flags);
SIZE(IgvmVbsVpContextRegister, igvm_vbs_register);
PLACE(IgvmVbsVpContextRegister, register_name, igvm_vbs_register, name);
PLACE(IgvmVbsVpContextRegister, mbz, igvm_vbs_register, zeros);
PLACE(IgvmVbsVpContextRegister, register_value, igvm_vbs_register, value);
EQUAL(sizeof(IGVM_VHS_MMIO_RANGES), 32);
EQUAL(sizeof(IgvmEnvironmentInfo), 4);
