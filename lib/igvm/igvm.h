/* SPDX-License-Identifier: MIT */
/*
 * Reads IGVM files (Independent Guest Virtual Machine, igvm_defs crate documentation). Allocates nothing: a file is
 * checked whole by igvm_open, then walked. Spans that it hands out point into the caller's bytes.
 */
#pragma once

#include <copra/igvm_defs.h>
#include <copra/psp.h>

#include "base/span.h"
#include "igvm/numbers.h"

struct igvm_file {
	struct span bytes;   /* the whole file */
	struct span headers; /* the variable headers */
	u32 format_version;  /* 1 or 2 */
	u32 architecture;    /* IGVM_ARCHITECTURE_*; x86-64 for version 1 */
	u32 header_count;
	u32 data_start; /* first byte after the variable headers */
};

/* Why and where a file was refused; text for people. */
struct igvm_error {
	const char *what; /* static text */
	u32 header;       /* index of the header, UINT32_MAX for the fixed header */
	u64 offset;       /* of what was wrong, in the file */
	enum igvm_flaw flaw;
};

struct igvm_header {
	u32 index;
	u32 type;            /* IGVM_VHT_* */
	u64 offset;          /* of the header in the file */
	u32 section;         /* IGVM_SECTION_* */
	struct span content; /* without type and length, unpadded */
};

struct igvm_iterator {
	const struct igvm_file *file;
	struct span rest;
	u32 index;
	u64 offset;
};

/*
 * Checks fixed header, checksum, every variable header (type, length, order, fields), file offsets and parameter-area
 * references. ERR_INPUT, ERR_TRUNCATED, ERR_RANGE, ERR_UNSUPPORTED, ERR_EXISTS, ERR_NOT_FOUND; *error (may be NULL) says
 * why. Afterwards: page data, VMSAs and initial data of parameter areas lie whole in the file, masks name platforms that
 * are there, addresses are below 2^52. Not checked: whether two headers give the same page (the loader's RMP does that).
 */
err_t igvm_open(struct span bytes, struct igvm_file *file, struct igvm_error *error);

struct igvm_iterator igvm_headers(const struct igvm_file *file);
/* False at the end. On a file that igvm_open accepted it cannot fail. */
bool igvm_next(struct igvm_iterator *iterator, struct igvm_header *header);

/* The header whose offset in the file (header.offset) and index are known, without walking; false when there is none. */
bool igvm_header_at(const struct igvm_file *file, u64 offset, u32 index, struct igvm_header *header);

/* Type of the platform that a mask of one bit belongs to; ERR_NOT_FOUND. */
err_t igvm_platform_of(const struct igvm_file *file, u32 mask, u8 *platform_type);

/* Compatibility mask of the platform type; ERR_NOT_FOUND when the file does not support it. */
err_t igvm_platform_mask(const struct igvm_file *file, u8 platform_type, u32 *mask);

/*
 * The guest policy of the platform with this mask. ERR_NOT_FOUND: none; ERR_EXISTS: two that differ, of which loaders obey
 * now the first, now the last. *policy is set only when there is one.
 */
err_t igvm_guest_policy(const struct igvm_file *file, u32 mask, u64 *policy);

/* Decode a header of the matching type into its struct (little endian, no alignment asked). */
void igvm_decode_page_data(const struct igvm_header *header, struct igvm_vhs_page_data *out);
void igvm_decode_vp_context(const struct igvm_header *header, struct igvm_vhs_vp_context *out);
void igvm_decode_parameter_area(const struct igvm_header *header, struct igvm_vhs_parameter_area *out);
void igvm_decode_parameter_insert(const struct igvm_header *header, struct igvm_vhs_parameter_insert *out);
void igvm_decode_parameter(const struct igvm_header *header, struct igvm_vhs_parameter *out);
void igvm_decode_required_memory(const struct igvm_header *header, struct igvm_vhs_required_memory *out);
void igvm_decode_guest_policy(const struct igvm_header *header, struct igvm_vhs_guest_policy *out);
void igvm_decode_supported_platform(const struct igvm_header *header, struct igvm_vhs_supported_platform *out);
void igvm_decode_error_range(const struct igvm_header *header, struct igvm_vhs_error_range *out);
void igvm_decode_relocatable_region(const struct igvm_header *header, struct igvm_vhs_relocatable_region *out);
void igvm_decode_page_table_relocation(const struct igvm_header *header, struct igvm_vhs_page_table_relocation *out);
void igvm_decode_cca_policy(const struct igvm_header *header, struct igvm_vhs_cca_policy *out);
void igvm_decode_corim(const struct igvm_header *header, struct igvm_vhs_corim *out);
void igvm_decode_snp_id_block(const struct igvm_header *header, struct igvm_vhs_snp_id_block *out);

/* True when the header has no compatibility mask or the mask has a bit of `mask`: a loader of that platform obeys it. */
bool igvm_header_applies(const struct igvm_header *header, u32 mask);

/* Where the header's content names its data, and how many bytes; false for headers without, and for an offset of 0. */
bool igvm_header_data(const struct igvm_file *file, const struct igvm_header *header, struct span *data);
/* Offset of the field file_offset in the content; false for types that have none. */
bool igvm_data_field(u32 type, u32 *at);

/* The data that file_offset names: size bytes, or fewer at the file's end; empty for 0 ("no data": zeros). */
struct span igvm_data(const struct igvm_file *file, u32 file_offset, u32 size);

#define IGVM_SHA256_SIZE 32U

/* What hashes a digest uses: hash n bytes into digest. context is the caller's. */
struct igvm_hash {
	void (*sha384)(void *context, struct span data, u8 digest[LAUNCH_DIGEST_SIZE]);
	void (*sha256)(void *context, struct span data, u8 digest[IGVM_SHA256_SIZE]); /* igvm_measure_vbs only */
	void *context;
};

/* One launched page, in launch order, as the PSP sees it. */
struct igvm_launch_page {
	u64 gpa;
	u8 page_type;     /* PAGE_TYPE_* */
	struct span data; /* up to 4096 bytes, the rest zero; empty for zeros */
};

enum igvm_zero_pages {
	IGVM_ZERO_MEASURED, /* a page without data is a NORMAL page of zeros (igvm crate, QEMU) */
	IGVM_ZERO_NATIVE,   /* it is a ZERO page (Cloud Hypervisor, Vanadium) */
};

/*
 * The page that a PAGE_DATA or VP_CONTEXT header launches; false for other headers, for other platforms' and for shared
 * pages (which are not launched). A data type that SNP does not know counts as a normal page.
 */
bool igvm_launch_page(const struct igvm_file *file, const struct igvm_header *header, u32 mask,
		      enum igvm_zero_pages zero_pages, struct igvm_launch_page *page);

/*
 * The SNP launch digest of the file for the platform mask (Firmware ABI 56860, section 8.17.2), over page data,
 * parameter areas (one unmeasured page per 4 KiB) and VP contexts in file order. Shared pages are not part of it.
 */
err_t igvm_measure_snp(const struct igvm_file *file, u32 mask, enum igvm_zero_pages zero_pages,
		       const struct igvm_hash *hash, u8 digest[LAUNCH_DIGEST_SIZE]);

/* One step of it: digest' = SHA-384(PAGE_INFO). contents is NULL for types that measure no contents. */
void igvm_measure_snp_page(const struct igvm_hash *hash, u8 digest[LAUNCH_DIGEST_SIZE], u8 page_type, u64 gpa,
			   const u8 contents[LAUNCH_DIGEST_SIZE]);
