/* SPDX-License-Identifier: MIT */
/* Rules of the initialization headers: policies, relocation, CoRIM documents. */
#include "base/align.h"
#include "base/range.h"
#include "igvm/rules.h"

static enum err check_guest_policy(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_guest_policy policy;
	igvm_decode_guest_policy(header, &policy);
	return policy.reserved == 0 ? ERR_OK : igvm_refuse(check, ERR_INPUT, "reserved bits are set");
}

static enum err check_cca_policy(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_cca_policy policy;
	igvm_decode_cca_policy(header, &policy);
	if (policy.reserved != 0 || !span_is_zero(span_of(policy.reserved2, sizeof(policy.reserved2)))) {
		return igvm_refuse(check, ERR_INPUT, "reserved bits are set");
	}
	if ((policy.attributes_required_zeroes & policy.attributes_required_ones) != 0) {
		return igvm_refuse(check, ERR_INPUT, "an attribute is required to be zero and one");
	}
	for (u32 rest = policy.compatibility_mask; rest != 0; rest &= rest - 1) {
		if (igvm_type_of_mask(check, rest) != IGVM_PLATFORM_CCA) {
			return igvm_refuse_as(check, IGVM_FLAW_CCA_POLICY_MASK, ERR_INPUT,
					      "the policy belongs to platforms of CCA only");
		}
	}
	return ERR_OK;
}

static enum err add_region(struct igvm_check *check, const struct igvm_check_region *new)
{
	enum err error = igvm_check_pages(check, new->gpa, new->size);
	if (error != ERR_OK) {
		return error;
	}
	if (new->vtl > 2) {
		return igvm_refuse(check, ERR_INPUT, "the VTL is none of 0, 1 and 2");
	}
	for (u32 i = 0; i < check->region_count; i++) {
		const struct igvm_check_region *old = &check->regions[i];
		if ((old->mask & new->mask) != 0 && range_overlaps(old->gpa, old->size, new->gpa, new->size)) {
			return igvm_refuse_as(check, IGVM_FLAW_RELOCATION_OVERLAP, ERR_EXISTS,
					      "the region overlaps another that is relocated");
		}
	}
	if (check->region_count == IGVM_MAX_RELOCATION_REGIONS) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "there are more than 32 relocated regions");
	}
	check->regions[check->region_count] = *new;
	check->region_count++;
	return ERR_OK;
}

static enum err check_relocatable_region(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_relocatable_region r;
	igvm_decode_relocatable_region(header, &r);
	u64 to = r.relocation_alignment;
	if ((r.flags & ~IGVM_RELOCATABLE_FLAGS) != 0) {
		return igvm_refuse(check, ERR_INPUT, "unknown flags are set");
	}
	if (to == 0 || !is_aligned(to, PAGE_SIZE)) {
		return igvm_refuse(check, ERR_INPUT, "the relocation's alignment is not made of whole 4 KiB pages");
	}
	if (r.relocation_region_gpa % to != 0 || r.minimum_relocation_gpa % to != 0 ||
	    r.maximum_relocation_gpa % to != 0) {
		return igvm_refuse(check, ERR_INPUT, "an address of the relocation does not have its alignment");
	}
	if (r.minimum_relocation_gpa > r.maximum_relocation_gpa) {
		return igvm_refuse(check, ERR_RANGE, "the relocation's lowest address is above its highest");
	}
	const struct igvm_check_region region = {
		.mask = r.compatibility_mask,
		.vp_index = r.vp_index,
		.vtl = r.vtl,
		.gpa = r.relocation_region_gpa,
		.size = r.relocation_region_size,
	};
	return add_region(check, &region);
}

static enum err check_page_table_region(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_page_table_relocation r;
	igvm_decode_page_table_relocation(header, &r);
	if (r.reserved != 0) {
		return igvm_refuse(check, ERR_INPUT, "reserved bits are set");
	}
	if (!is_aligned(r.used_size, PAGE_SIZE) || r.used_size > r.size) {
		return igvm_refuse(check, ERR_INPUT, "the used size is not made of whole pages of the region");
	}
	if ((check->page_table_masks & r.compatibility_mask) != 0) {
		return igvm_refuse_as(check, IGVM_FLAW_PAGE_TABLES_TWICE, ERR_EXISTS,
				      "the platform has a page-table region already");
	}
	check->page_table_masks |= r.compatibility_mask;
	const struct igvm_check_region region = {
		.mask = r.compatibility_mask,
		.vp_index = r.vp_index,
		.vtl = r.vtl,
		.page_table = true,
		.gpa = r.gpa,
		.size = r.size,
	};
	return add_region(check, &region);
}

static enum err check_corim(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_corim corim;
	bool document = header->type == IGVM_VHT_CORIM_DOCUMENT;
	u32 *seen = document ? &check->corim_documents : &check->corim_signatures;
	igvm_decode_corim(header, &corim);
	if (corim.reserved != 0) {
		return igvm_refuse(check, ERR_INPUT, "reserved bits are set");
	}
	if ((*seen & corim.compatibility_mask) != 0) {
		return igvm_refuse(check, ERR_EXISTS, "the platform has such a CoRIM header already");
	}
	if (!document && (corim.compatibility_mask & ~check->corim_documents) != 0) {
		return igvm_refuse(check, ERR_NOT_FOUND, "the signature has no CoRIM document before it");
	}
	*seen |= corim.compatibility_mask;
	return igvm_check_data(check, corim.file_offset, corim.size_bytes);
}

enum err igvm_check_initialization(struct igvm_check *check, const struct igvm_header *header)
{
	switch (header->type) {
	case IGVM_VHT_GUEST_POLICY:
		return check_guest_policy(check, header);
	case IGVM_VHT_RELOCATABLE_REGION:
		return check_relocatable_region(check, header);
	case IGVM_VHT_PAGE_TABLE_RELOCATION_REGION:
		return check_page_table_region(check, header);
	case IGVM_VHT_CCA_POLICY:
		return check_cca_policy(check, header);
	default:
		return check_corim(check, header);
	}
}
