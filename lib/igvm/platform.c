/* SPDX-License-Identifier: MIT */
/* Rules of the platform headers. */
#include "igvm/rules.h"

static enum err check_fields(struct igvm_check *check, const struct igvm_vhs_supported_platform *p)
{
	if (!igvm_is_one_bit(p->compatibility_mask)) {
		return igvm_refuse(check, ERR_INPUT, "the platform's mask is not one bit");
	}
	if (p->platform_type > IGVM_PLATFORM_CCA) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "the platform is unknown");
	}
	if (p->platform_version != IGVM_PLATFORM_VERSION) {
		return igvm_refuse(check, ERR_UNSUPPORTED, "the platform's version is not 1");
	}
	if (p->highest_vtl != 0 && p->highest_vtl != 2) {
		return igvm_refuse(check, ERR_INPUT, "the highest VTL is neither 0 nor 2");
	}
	bool boundary_allowed =
		p->platform_type != IGVM_PLATFORM_NATIVE && p->platform_type != IGVM_PLATFORM_VSM_ISOLATION;
	if (p->shared_gpa_boundary != 0 && !boundary_allowed) {
		return igvm_refuse(check, ERR_INPUT, "the platform has no shared GPA boundary");
	}
	return ERR_OK;
}

/* CCA is of AArch64, VSM of both architectures, all others of x86-64. */
static enum err check_architecture(struct igvm_check *check, u8 platform_type)
{
	bool arm = check->file->architecture == IGVM_ARCHITECTURE_AARCH64;
	if (platform_type == IGVM_PLATFORM_VSM_ISOLATION || arm == (platform_type == IGVM_PLATFORM_CCA)) {
		return ERR_OK;
	}
	return igvm_refuse_as(check, IGVM_FLAW_PLATFORM_ARCHITECTURE, ERR_UNSUPPORTED,
			      "the platform is not one of the file's architecture");
}

enum err igvm_check_platform(struct igvm_check *check, const struct igvm_header *header)
{
	struct igvm_vhs_supported_platform p;
	igvm_decode_supported_platform(header, &p);
	enum err error = check_fields(check, &p);
	if (error == ERR_OK) {
		error = check_architecture(check, p.platform_type);
	}
	if (error != ERR_OK) {
		return error;
	}
	u32 type_bit = 1U << p.platform_type;
	if ((check->platform_types & type_bit) != 0) {
		return igvm_refuse_as(check, IGVM_FLAW_PLATFORM_TWICE, ERR_EXISTS, "the platform is there twice");
	}
	if ((check->platform_masks & p.compatibility_mask) != 0) {
		return igvm_refuse(check, ERR_EXISTS, "another platform has the same mask");
	}
	check->platform_masks |= p.compatibility_mask;
	check->platform_types |= type_bit;
	check->type_of_mask[__builtin_ctz(p.compatibility_mask)] = p.platform_type;
	return ERR_OK;
}
