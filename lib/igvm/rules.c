/* SPDX-License-Identifier: MIT */
#include "igvm/rules.h"

#include "base/align.h"
#include "base/range.h"

enum err igvm_refuse(struct igvm_check *check, enum err error, const char *what)
{
	check->what = what;
	return error;
}

enum err igvm_refuse_as(struct igvm_check *check, enum igvm_flaw flaw, enum err error, const char *what)
{
	check->flaw = flaw;
	return igvm_refuse(check, error, what);
}

enum err igvm_check_pages(struct igvm_check *check, u64 gpa, u64 size)
{
	if (!is_aligned(gpa, PAGE_SIZE) || !is_aligned(size, PAGE_SIZE) || size == 0) {
		return igvm_refuse(check, ERR_INPUT, "the address or size is not made of whole 4 KiB pages");
	}
	if (!range_within(gpa, size, 0, IGVM_GPA_END)) {
		return igvm_refuse(check, ERR_RANGE, "the addresses are beyond 52 bits");
	}
	return ERR_OK;
}

enum err igvm_check_data(struct igvm_check *check, u32 file_offset, u64 size)
{
	if (file_offset == 0) {
		return ERR_OK;
	}
	if (file_offset < check->file->data_start) {
		return igvm_refuse(check, ERR_RANGE, "the file offset lies in the headers");
	}
	if (!range_within(file_offset, size, 0, check->file->bytes.n)) {
		return igvm_refuse(check, ERR_TRUNCATED, "the data is past the end of the file");
	}
	return ERR_OK;
}

bool igvm_is_one_bit(u32 mask)
{
	return mask != 0 && (mask & (mask - 1)) == 0;
}

u8 igvm_type_of_mask(const struct igvm_check *check, u32 mask)
{
	return check->type_of_mask[__builtin_ctz(mask)];
}
