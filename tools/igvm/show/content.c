/* SPDX-License-Identifier: MIT */
#include "show/content.h"

#include <copra/psp.h>
#include <copra/vmsa.h>

#include <string.h>

#include "igvm/context.h"
#include "show/names.h"

enum form {
	FORM_END,
	FORM_HEX,
	FORM_NUMBER,
	FORM_BYTES,
	FORM_PLATFORM,
	FORM_PAGE,
	FORM_FLAG, /* any bit of `bits` is set */
};

/* One field of a header's content */
struct part {
	enum form form;
	u16 at;
	u16 size;
	const char *name;
	u32 bits;
};

#define PARTS_MAX 9U
#define PART(form, type, field, name) \
	{ \
		form, offsetof(struct type, field), sizeof(((struct type *)0)->field), name, 0 \
	}
#define FLAG(type, field, bits, name) \
	{ \
		FORM_FLAG, offsetof(struct type, field), sizeof(((struct type *)0)->field), name, bits \
	}
#define MASK(type) PART(FORM_HEX, type, compatibility_mask, "mask")

static const struct {
	u32 type;
	struct part parts[PARTS_MAX + 1];
} contents[] = {
	{IGVM_VHT_SUPPORTED_PLATFORM,
	 {PART(FORM_PLATFORM, igvm_vhs_supported_platform, platform_type, "platform"),
	  MASK(igvm_vhs_supported_platform),
	  PART(FORM_NUMBER, igvm_vhs_supported_platform, platform_version, "version"),
	  PART(FORM_NUMBER, igvm_vhs_supported_platform, highest_vtl, "highest_vtl"),
	  PART(FORM_HEX, igvm_vhs_supported_platform, shared_gpa_boundary, "shared_gpa_boundary")}},
	{IGVM_VHT_GUEST_POLICY, {PART(FORM_HEX, igvm_vhs_guest_policy, policy, "policy"), MASK(igvm_vhs_guest_policy)}},
	{IGVM_VHT_RELOCATABLE_REGION,
	 {PART(FORM_HEX, igvm_vhs_relocatable_region, relocation_region_gpa, "gpa"), MASK(igvm_vhs_relocatable_region),
	  PART(FORM_HEX, igvm_vhs_relocatable_region, relocation_region_size, "bytes"),
	  PART(FORM_HEX, igvm_vhs_relocatable_region, minimum_relocation_gpa, "minimum"),
	  PART(FORM_HEX, igvm_vhs_relocatable_region, maximum_relocation_gpa, "maximum"),
	  PART(FORM_HEX, igvm_vhs_relocatable_region, relocation_alignment, "alignment"),
	  PART(FORM_NUMBER, igvm_vhs_relocatable_region, vp_index, "vp_index"),
	  PART(FORM_NUMBER, igvm_vhs_relocatable_region, vtl, "vtl"),
	  PART(FORM_HEX, igvm_vhs_relocatable_region, flags, "flags")}},
	{IGVM_VHT_PAGE_TABLE_RELOCATION_REGION,
	 {PART(FORM_HEX, igvm_vhs_page_table_relocation, gpa, "gpa"), MASK(igvm_vhs_page_table_relocation),
	  PART(FORM_HEX, igvm_vhs_page_table_relocation, size, "bytes"),
	  PART(FORM_HEX, igvm_vhs_page_table_relocation, used_size, "used_bytes"),
	  PART(FORM_NUMBER, igvm_vhs_page_table_relocation, vp_index, "vp_index"),
	  PART(FORM_NUMBER, igvm_vhs_page_table_relocation, vtl, "vtl")}},
	{IGVM_VHT_CORIM_DOCUMENT,
	 {MASK(igvm_vhs_corim), PART(FORM_HEX, igvm_vhs_corim, file_offset, "file_offset"),
	  PART(FORM_NUMBER, igvm_vhs_corim, size_bytes, "bytes")}},
	{IGVM_VHT_CORIM_SIGNATURE,
	 {MASK(igvm_vhs_corim), PART(FORM_HEX, igvm_vhs_corim, file_offset, "file_offset"),
	  PART(FORM_NUMBER, igvm_vhs_corim, size_bytes, "bytes")}},
	{IGVM_VHT_CCA_POLICY,
	 {MASK(igvm_vhs_cca_policy), PART(FORM_HEX, igvm_vhs_cca_policy, attributes_required_zeroes, "required_zeroes"),
	  PART(FORM_HEX, igvm_vhs_cca_policy, attributes_required_ones, "required_ones"),
	  PART(FORM_NUMBER, igvm_vhs_cca_policy, hash_algorithm, "hash_algorithm"),
	  PART(FORM_NUMBER, igvm_vhs_cca_policy, lfa_policy, "lfa_policy")}},
	{IGVM_VHT_PARAMETER_AREA,
	 {PART(FORM_NUMBER, igvm_vhs_parameter_area, parameter_area_index, "area"),
	  PART(FORM_HEX, igvm_vhs_parameter_area, number_of_bytes, "bytes"),
	  PART(FORM_HEX, igvm_vhs_parameter_area, file_offset, "file_offset")}},
	{IGVM_VHT_PAGE_DATA,
	 {PART(FORM_HEX, igvm_vhs_page_data, gpa, "gpa"), MASK(igvm_vhs_page_data),
	  PART(FORM_PAGE, igvm_vhs_page_data, data_type, "page"),
	  PART(FORM_HEX, igvm_vhs_page_data, file_offset, "file_offset"),
	  FLAG(igvm_vhs_page_data, flags, IGVM_PAGE_DATA_UNMEASURED, "unmeasured"),
	  FLAG(igvm_vhs_page_data, flags, IGVM_PAGE_DATA_SHARED, "shared")}},
	{IGVM_VHT_PARAMETER_INSERT,
	 {PART(FORM_NUMBER, igvm_vhs_parameter_insert, parameter_area_index, "area"),
	  PART(FORM_HEX, igvm_vhs_parameter_insert, gpa, "gpa"), MASK(igvm_vhs_parameter_insert)}},
	{IGVM_VHT_VP_CONTEXT,
	 {PART(FORM_HEX, igvm_vhs_vp_context, gpa, "gpa"), MASK(igvm_vhs_vp_context),
	  PART(FORM_NUMBER, igvm_vhs_vp_context, vp_index, "vp_index"),
	  PART(FORM_HEX, igvm_vhs_vp_context, file_offset, "file_offset")}},
	{IGVM_VHT_REQUIRED_MEMORY,
	 {PART(FORM_HEX, igvm_vhs_required_memory, gpa, "gpa"), MASK(igvm_vhs_required_memory),
	  PART(FORM_HEX, igvm_vhs_required_memory, number_of_bytes, "bytes"),
	  FLAG(igvm_vhs_required_memory, flags, IGVM_REQUIRED_MEMORY_VTL2_PROTECTABLE, "vtl2_protectable")}},
	{IGVM_VHT_ERROR_RANGE,
	 {PART(FORM_HEX, igvm_vhs_error_range, gpa, "gpa"), MASK(igvm_vhs_error_range),
	  PART(FORM_HEX, igvm_vhs_error_range, size_bytes, "bytes")}},
	{IGVM_VHT_SNP_ID_BLOCK,
	 {MASK(igvm_vhs_snp_id_block), PART(FORM_BYTES, igvm_vhs_snp_id_block, launch_digest, "launch_digest"),
	  PART(FORM_BYTES, igvm_vhs_snp_id_block, family_id, "family_id"),
	  PART(FORM_BYTES, igvm_vhs_snp_id_block, image_id, "image_id"),
	  PART(FORM_NUMBER, igvm_vhs_snp_id_block, version, "version"),
	  PART(FORM_NUMBER, igvm_vhs_snp_id_block, guest_svn, "guest_svn"),
	  PART(FORM_NUMBER, igvm_vhs_snp_id_block, id_key_algorithm, "id_key_algorithm"),
	  PART(FORM_NUMBER, igvm_vhs_snp_id_block, author_key_algorithm, "author_key_algorithm"),
	  FLAG(igvm_vhs_snp_id_block, author_key_enabled, 0xFF, "author_key")}},
	{IGVM_VHT_VBS_MEASUREMENT,
	 {MASK(igvm_vhs_vbs_measurement), PART(FORM_NUMBER, igvm_vhs_vbs_measurement, version, "version"),
	  PART(FORM_NUMBER, igvm_vhs_vbs_measurement, product_id, "product_id"),
	  PART(FORM_NUMBER, igvm_vhs_vbs_measurement, module_id, "module_id"),
	  PART(FORM_NUMBER, igvm_vhs_vbs_measurement, security_version, "security_version"),
	  PART(FORM_HEX, igvm_vhs_vbs_measurement, policy_flags, "policy_flags"),
	  PART(FORM_NUMBER, igvm_vhs_vbs_measurement, digest_algorithm, "digest_algorithm"),
	  PART(FORM_NUMBER, igvm_vhs_vbs_measurement, signing_algorithm, "signing_algorithm"),
	  PART(FORM_BYTES, igvm_vhs_vbs_measurement, digest, "digest")}},
};

/* All other types: what a host writes into a parameter area */
static const struct part parameter_parts[] = {
	PART(FORM_NUMBER, igvm_vhs_parameter, parameter_area_index, "area"),
	PART(FORM_HEX, igvm_vhs_parameter, byte_offset, "byte_offset"),
	{.form = FORM_END},
};

static const struct part *parts_of(u32 type)
{
	for (size_t i = 0; i < ARRAY_SIZE(contents); i++) {
		if (contents[i].type == type) {
			return contents[i].parts;
		}
	}
	return parameter_parts;
}

static void show_value(const struct part *part, u64 value, const struct fields *f)
{
	switch (part->form) {
	case FORM_NUMBER:
		field_number(f, part->name, value);
		return;
	case FORM_PLATFORM:
		field_text(f, part->name, name_of_platform((u8)value));
		return;
	case FORM_PAGE:
		field_text(f, part->name, name_of_page((u16)value));
		return;
	case FORM_FLAG:
		field_flag(f, part->name, (value & part->bits) != 0);
		return;
	default:
		field_hex(f, part->name, value);
	}
}

static void show_part(const struct part *part, struct span content, const struct fields *f)
{
	struct span bytes = {0};
	u64 value = 0;
	if (span_slice(content, part->at, part->size, &bytes) != ERR_OK) {
		return; /* cannot be: igvm_open has checked the length */
	}
	if (part->form == FORM_BYTES) {
		field_bytes(f, part->name, bytes);
		return;
	}
	memcpy(&value, bytes.p, bytes.n < sizeof(value) ? bytes.n : sizeof(value));
	show_value(part, value, f);
}

static u64 value_at(struct span data, size_t at)
{
	u64 value = 0;
	(void)!span_copy(data, at, &value, sizeof(value));
	return value;
}

/* Where the processor starts, of the forms that say so at a fixed place */
static void show_context(const struct igvm_file *file, const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_vp_context context;
	struct span data;
	u8 platform;
	igvm_decode_vp_context(header, &context);
	if (igvm_platform_of(file, context.compatibility_mask, &platform) != ERR_OK ||
	    !igvm_header_data(file, header, &data)) {
		return;
	}
	switch (platform) {
	case IGVM_PLATFORM_SEV_SNP:
	case IGVM_PLATFORM_SEV_ES:
		field_hex(f, "rip", value_at(data, offsetof(struct vmsa, rip)));
		field_hex(f, "sev_features", value_at(data, offsetof(struct vmsa, sev_features)));
		return;
	case IGVM_PLATFORM_NATIVE:
	case IGVM_PLATFORM_SEV:
		field_hex(f, "rip", value_at(data, offsetof(struct igvm_native_context, rip)));
		return;
	case IGVM_PLATFORM_VSM_ISOLATION:
		field_number(f, "registers", igvm_vbs_count(data));
		return;
	default:
		return;
	}
}

/* What the SNP policy allows or asks for (Firmware ABI 56860, section 4.3) */
static void show_policy(const struct igvm_file *file, const struct igvm_header *header, const struct fields *f)
{
	struct igvm_vhs_guest_policy policy;
	u8 platform;
	igvm_decode_guest_policy(header, &policy);
	if (igvm_platform_of(file, policy.compatibility_mask, &platform) == ERR_OK &&
	    platform == IGVM_PLATFORM_SEV_SNP) {
		field_flag(f, "smt", (policy.policy & POLICY_SMT) != 0);
		field_flag(f, "migration_agent", (policy.policy & POLICY_MIGRATION_AGENT) != 0);
		field_flag(f, "debug", (policy.policy & POLICY_DEBUG) != 0);
		field_flag(f, "single_socket", (policy.policy & POLICY_SINGLE_SOCKET) != 0);
	}
}

void show_content(const struct igvm_file *file, const struct igvm_header *header, const struct fields *f)
{
	const struct part *parts = parts_of(header->type);
	for (u32 i = 0; parts[i].form != FORM_END; i++) {
		show_part(&parts[i], header->content, f);
	}
	if (header->type == IGVM_VHT_VP_CONTEXT) {
		show_context(file, header, f);
	}
	if (header->type == IGVM_VHT_GUEST_POLICY) {
		show_policy(file, header, f);
	}
}
