/* SPDX-License-Identifier: MIT */
#include "base/align.h"
#include "base/crc32.h"
#include "igvm/check.h"
#include "igvm/iterate.h"
#include "igvm/layout.h"

#define NO_HEADER UINT32_MAX

static enum err refuse(struct igvm_error *why, enum err error, const char *what, u64 offset)
{
	*why = (struct igvm_error){.what = what, .header = NO_HEADER, .offset = offset, .flaw = IGVM_FLAW_FIXED_HEADER};
	return error;
}

static enum err check_version_2(struct span bytes, u32 *architecture, struct igvm_error *why)
{
	struct igvm_fixed_header_v2 fixed;
	if (span_copy(bytes, 0, &fixed, sizeof(fixed)) != ERR_OK) {
		return refuse(why, ERR_TRUNCATED, "the file is shorter than its fixed header", bytes.n);
	}
	if (fixed.architecture > IGVM_ARCHITECTURE_AARCH64) {
		return refuse(why, ERR_UNSUPPORTED, "the architecture is neither x86-64 nor AArch64",
			      offsetof(struct igvm_fixed_header_v2, architecture));
	}
	*architecture = fixed.architecture;
	if (fixed.page_size == PAGE_SIZE) {
		return ERR_OK;
	}
	enum err error = refuse(why, ERR_UNSUPPORTED, "the page size is not 4096",
				offsetof(struct igvm_fixed_header_v2, page_size));
	why->flaw = IGVM_FLAW_PAGE_SIZE;
	return error;
}

static enum err check_version(struct span bytes, u32 version, u32 *architecture, struct igvm_error *why)
{
	*architecture = IGVM_ARCHITECTURE_X64;
	if (version == IGVM_FORMAT_V1) {
		return ERR_OK;
	}
	if (version == IGVM_FORMAT_V2) {
		return check_version_2(bytes, architecture, why);
	}
	return refuse(why, ERR_UNSUPPORTED, "the format version is neither 1 nor 2",
		      offsetof(struct igvm_fixed_header, format_version));
}

static size_t fixed_size(const struct igvm_fixed_header *fixed)
{
	return fixed->format_version == IGVM_FORMAT_V1 ? sizeof(struct igvm_fixed_header)
						       : sizeof(struct igvm_fixed_header_v2);
}

static enum err check_sizes(struct span bytes, const struct igvm_fixed_header *fixed, struct igvm_error *why)
{
	if (fixed->total_file_size > bytes.n) {
		return refuse(why, ERR_TRUNCATED, "the file is shorter than its header says", bytes.n);
	}
	if (fixed->total_file_size < bytes.n) {
		return refuse(why, ERR_INPUT, "the file is longer than its header says", fixed->total_file_size);
	}
	if (fixed->variable_header_offset < fixed_size(fixed) ||
	    !is_aligned(fixed->variable_header_offset, IGVM_HEADER_ALIGNMENT)) {
		return refuse(why, ERR_INPUT, "the variable headers start at a wrong place",
			      offsetof(struct igvm_fixed_header, variable_header_offset));
	}
	return ERR_OK;
}

static u32 compute_checksum(struct span bytes, const struct igvm_fixed_header *fixed, struct span headers)
{
	size_t at = offsetof(struct igvm_fixed_header, checksum);
	const u8 zeros[sizeof(fixed->checksum)] = {0};
	size_t after = at + sizeof(zeros);
	u32 crc = crc32_add(CRC32_START, span_of(bytes.p, at));
	crc = crc32_add(crc, span_of(zeros, sizeof(zeros)));
	crc = crc32_add(crc, span_of(bytes.p + after, fixed_size(fixed) - after));
	return crc32_add(crc, headers);
}

static enum err open_fixed_header(struct span bytes, struct igvm_file *file, struct igvm_error *why)
{
	struct igvm_fixed_header fixed;
	if (span_copy(bytes, 0, &fixed, sizeof(fixed)) != ERR_OK) {
		return refuse(why, ERR_TRUNCATED, "the file is shorter than its fixed header", bytes.n);
	}
	if (fixed.magic != IGVM_MAGIC) {
		return refuse(why, ERR_INPUT, "the file does not start with \"IGVM\"", 0);
	}
	u32 architecture;
	enum err error = check_version(bytes, fixed.format_version, &architecture, why);
	if (error == ERR_OK) {
		error = check_sizes(bytes, &fixed, why);
	}
	if (error != ERR_OK) {
		return error;
	}
	struct span headers;
	if (span_slice(bytes, fixed.variable_header_offset, fixed.variable_header_size, &headers) != ERR_OK) {
		return refuse(why, ERR_TRUNCATED, "the variable headers are past the end of the file", bytes.n);
	}
	if (compute_checksum(bytes, &fixed, headers) != fixed.checksum) {
		error = refuse(why, ERR_INPUT, "the checksum is wrong", offsetof(struct igvm_fixed_header, checksum));
		why->flaw = IGVM_FLAW_CHECKSUM;
		return error;
	}
	*file = (struct igvm_file){
		.bytes = bytes,
		.headers = headers,
		.format_version = fixed.format_version,
		.architecture = architecture,
		.data_start = fixed.variable_header_offset + fixed.variable_header_size,
	};
	return ERR_OK;
}

static enum igvm_flaw flaw_of_cut(u32 section)
{
	switch (section) {
	case IGVM_SECTION_PLATFORM:
		return IGVM_FLAW_PLATFORM_HEADER;
	case IGVM_SECTION_INITIALIZATION:
		return IGVM_FLAW_INITIALIZATION_HEADER;
	default:
		return IGVM_FLAW_DIRECTIVE_HEADER;
	}
}

/* Of a header whose type could be read the flaw is its section's. */
static enum err refuse_cut(struct span rest, struct igvm_error *why)
{
	u32 type;
	u32 section;
	why->what = "the header is cut off";
	why->flaw = IGVM_FLAW_HEADER_SECTION;
	if (rest.n >= sizeof(struct igvm_variable_header) && span_take_u32(&rest, &type) == ERR_OK &&
	    igvm_section_of(type, &section)) {
		why->flaw = flaw_of_cut(section);
	}
	return ERR_TRUNCATED;
}

static enum err check_next(struct igvm_check *check, struct igvm_iterator *iterator, struct igvm_error *why)
{
	struct igvm_header header;
	*why = (struct igvm_error){.header = iterator->index, .offset = iterator->offset};
	if (igvm_take_header(iterator, &header) != ERR_OK) {
		return refuse_cut(iterator->rest, why);
	}
	enum err error = igvm_check_header(check, &header);
	why->what = error == ERR_OK ? NULL : check->what;
	why->flaw = check->flaw;
	return error;
}

static enum err check_headers(struct igvm_file *file, struct igvm_error *why)
{
	struct igvm_check check = {.file = file};
	struct igvm_iterator iterator = igvm_headers(file);
	while (iterator.rest.n > 0) {
		enum err error = check_next(&check, &iterator, why);
		if (error != ERR_OK) {
			return error;
		}
	}
	file->header_count = iterator.index;
	enum err error = igvm_check_end(&check);
	if (error != ERR_OK) {
		*why = (struct igvm_error){
			.what = check.what, .header = NO_HEADER, .offset = file->data_start, .flaw = check.flaw};
	}
	return error;
}

enum err igvm_open(struct span bytes, struct igvm_file *file, struct igvm_error *error)
{
	struct igvm_error unwanted;
	struct igvm_error *why = error == NULL ? &unwanted : error;
	struct igvm_file opened;
	enum err result = open_fixed_header(bytes, &opened, why);
	if (result == ERR_OK) {
		result = check_headers(&opened, why);
	}
	if (result == ERR_OK) {
		*file = opened;
	}
	return result;
}
