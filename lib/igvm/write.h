/* SPDX-License-Identifier: MIT */
/*
 * Writes IGVM files, of format version 1 if not told otherwise, into one buffer of the caller's, without allocation: [fixed header | variable
 * headers | data]. Two passes with the same calls: the first with a buffer of no bytes only counts; the second, with
 * header_space and a buffer as the first one reported, writes. What does not fit is counted, never written.
 */
#pragma once

#include "igvm/igvm.h"

struct igvm_writer {
	u8 *out;
	size_t capacity;
	size_t headers_at;   /* where the variable headers start */
	size_t header_space; /* bytes kept for the variable headers */
	size_t header_bytes; /* of these used, or wanted */
	size_t data_bytes;   /* used, or wanted, after them */
	u32 format_version;
	u32 architecture; /* version 2 only */
};

void igvm_write_begin(struct igvm_writer *w, void *out, size_t capacity, size_t header_space);

/* Makes it a file of version 2. Right after igvm_write_begin */
void igvm_write_version_2(struct igvm_writer *w, u32 architecture);

/* Data for a header written next; its file offset, 0 for no data. Padded with zeros to whole 4 KiB pages. */
u32 igvm_write_data(struct igvm_writer *w, struct span data);

/* Any header: content of `length` bytes as it shall stand in the file. */
void igvm_write_header(struct igvm_writer *w, u32 type, const void *content, u32 length);

void igvm_write_platform(struct igvm_writer *w, u32 mask, u8 platform_type);
void igvm_write_policy(struct igvm_writer *w, u32 mask, u64 policy);
void igvm_write_page(struct igvm_writer *w, const struct igvm_vhs_page_data *page);
void igvm_write_area(struct igvm_writer *w, u32 index, u64 bytes);
/* type: one of the parameters, IGVM_VHT_MEMORY_MAP and so on */
void igvm_write_parameter(struct igvm_writer *w, u32 type, u32 index, u32 byte_offset);
void igvm_write_insert(struct igvm_writer *w, u32 mask, u32 index, u64 gpa);
void igvm_write_required_memory(struct igvm_writer *w, u32 mask, u64 gpa, u32 bytes);
void igvm_write_vp_context(struct igvm_writer *w, const struct igvm_vhs_vp_context *context);

/* How large the buffer has to be for everything so far. */
size_t igvm_write_size(const struct igvm_writer *w);

/*
 * Fills the fixed header in; *file is the finished file. ERR_NO_MEMORY: capacity or header_space was too small.
 * ERR_RANGE: the file would exceed 4 GiB, which its 32-bit offsets do not allow.
 */
err_t igvm_write_end(struct igvm_writer *w, struct span *file);

/*
 * A changed copy of a file: begin, then each header that shall stay, with others written between, then the data. What
 * the copied headers name moves with the data. With all headers and no others the copy is the file, byte for byte,
 * gaps and paddings included.
 */
void igvm_copy_begin(struct igvm_writer *w, const struct igvm_file *file, void *out, size_t capacity,
		     size_t header_space);
void igvm_copy_header(struct igvm_writer *w, const struct igvm_file *file, const struct igvm_header *header);
void igvm_copy_data(struct igvm_writer *w, const struct igvm_file *file);
