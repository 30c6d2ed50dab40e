/* SPDX-License-Identifier: MIT */
/* Rules of processors' contexts, whose data has one form for each kind of platform. */
#include "igvm/context.h"

#include "igvm/rules.h"

#define MAX_REGISTERS 256U /* more than either architecture names */

/* The registers are all of one VTL, and their reserved bytes are zero. */
static enum err check_registers(struct igvm_check *check, struct span data, u32 count, u8 *vtl)
{
	for (u32 i = 0; i < count; i++) {
		struct igvm_vbs_register r;
		if (!igvm_vbs_register(data, i, &r)) {
			return igvm_refuse(check, ERR_TRUNCATED, "the register list is past the end of the file");
		}
		if (i == 0) {
			*vtl = r.vtl;
		}
		if (r.vtl != *vtl || r.vtl > 2) {
			return igvm_refuse(check, ERR_INPUT, "the registers are not all of one VTL 0, 1 or 2");
		}
		if (!span_is_zero(span_of(r.zeros, sizeof(r.zeros)))) {
			return igvm_refuse(check, ERR_INPUT, "reserved bytes of a register are set");
		}
	}
	return ERR_OK;
}

static void match_regions(struct igvm_check *check, u32 mask, u8 vtl)
{
	for (u32 i = 0; i < check->region_count; i++) {
		struct igvm_check_region *region = &check->regions[i];
		region->matched |= (region->mask & mask) != 0 && region->vp_index == 0 && region->vtl == vtl;
	}
}

static enum err check_vbs(struct igvm_check *check, const struct igvm_vhs_vp_context *context)
{
	u32 count;
	u8 vtl = 0;
	struct span list = igvm_data(check->file, context->file_offset, UINT32_MAX);
	struct span data = list;
	if (context->vp_index != 0) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "only the first processor of VSM has a context");
	}
	if (span_take_u32(&data, &count) != ERR_OK || (u64)count * sizeof(struct igvm_vbs_register) > data.n) {
		return igvm_refuse(check, ERR_TRUNCATED, "the register list is past the end of the file");
	}
	if (count == 0) {
		return igvm_refuse(check, ERR_INPUT, "the register list is empty");
	}
	if (count > MAX_REGISTERS) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "the register list has more than 256 entries");
	}
	enum err error = check_registers(check, list, count, &vtl);
	if (error == ERR_OK) {
		match_regions(check, context->compatibility_mask, vtl);
	}
	return error;
}

/* A page that holds a record of `size` bytes and zeros */
static enum err check_record(struct igvm_check *check, u32 file_offset, u32 size)
{
	struct span rest;
	struct span page = igvm_data(check->file, file_offset, PAGE_SIZE);
	if (span_slice(page, size, PAGE_SIZE - size, &rest) != ERR_OK) {
		return igvm_refuse(check, ERR_TRUNCATED, "the data is past the end of the file");
	}
	return span_is_zero(rest) ? ERR_OK
				  : igvm_refuse(check, ERR_INPUT, "bytes behind the processor's context are set");
}

static enum err check_by_platform(struct igvm_check *check, const struct igvm_vhs_vp_context *context)
{
	u8 type = igvm_type_of_mask(check, context->compatibility_mask);
	if (type == IGVM_PLATFORM_VSM_ISOLATION) {
		return check_vbs(check, context);
	}
	enum err error = igvm_check_data(check, context->file_offset, PAGE_SIZE);
	if (error != ERR_OK) {
		return error;
	}
	switch (type) {
	case IGVM_PLATFORM_NATIVE:
	case IGVM_PLATFORM_SEV:
		return check_record(check, context->file_offset, sizeof(struct igvm_native_context));
	case IGVM_PLATFORM_CCA:
		return check_record(check, context->file_offset, sizeof(struct igvm_cca_context));
	default:
		return ERR_OK; /* a VMSA: every byte may be set */
	}
}

enum err igvm_check_context(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_vp_context context;
	igvm_decode_vp_context(header, &context);
	if (!igvm_is_one_bit(context.compatibility_mask) || context.reserved != 0) {
		return igvm_refuse(check, ERR_INPUT, "a processor's context belongs to exactly one platform");
	}
	if (igvm_type_of_mask(check, context.compatibility_mask) == IGVM_PLATFORM_TDX) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "processors of a TDX guest have no context");
	}
	if (context.file_offset == 0) {
		return igvm_refuse(check, ERR_INPUT, "the processor's context has no data");
	}
	enum err error = igvm_check_pages(check, context.gpa, PAGE_SIZE);
	if (error == ERR_OK) {
		error = igvm_check_data(check, context.file_offset, sizeof(u32));
	}
	return error == ERR_OK ? check_by_platform(check, &context) : error;
}

u32 igvm_vbs_count(struct span list)
{
	u32 count;
	if (span_take_u32(&list, &count) != ERR_OK) {
		return 0;
	}
	size_t fits = list.n / sizeof(struct igvm_vbs_register);
	return count < fits ? count : (u32)fits;
}

bool igvm_vbs_register(struct span list, u32 index, struct igvm_vbs_register *out)
{
	u64 at = sizeof(u32) + (u64)index * sizeof(*out);
	return span_copy(list, at, out, sizeof(*out)) == ERR_OK;
}

u32 igvm_context_size(const struct igvm_file *file, const struct igvm_vhs_vp_context *context, u8 platform_type)
{
	if (platform_type != IGVM_PLATFORM_VSM_ISOLATION) {
		return PAGE_SIZE;
	}
	struct span list = igvm_data(file, context->file_offset, UINT32_MAX);
	return (u32)(sizeof(u32) + igvm_vbs_count(list) * sizeof(struct igvm_vbs_register));
}
