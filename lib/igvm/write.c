/* SPDX-License-Identifier: MIT */
#include "igvm/write.h"

#include "base/align.h"
#include "base/crc32.h"
#include "base/mem.h"
#include "igvm/layout.h"

#define FIXED_BYTES sizeof(struct igvm_fixed_header)

void igvm_write_begin(struct igvm_writer *w, void *out, size_t capacity, size_t header_space)
{
	*w = (struct igvm_writer){
		.out = out,
		.capacity = capacity,
		.header_space = header_space,
	};
}

static size_t padded(size_t n, size_t to)
{
	return (n + to - 1) / to * to;
}

/* Writes when all of it fits between at and end. */
static void put(struct igvm_writer *w, size_t at, size_t end, const void *from, size_t n)
{
	if (end <= w->capacity && at <= end && n <= end - at && n > 0) {
		memcpy(w->out + at, from, n);
	}
}

static void put_zeros(struct igvm_writer *w, size_t at, size_t n)
{
	if (at <= w->capacity && n <= w->capacity - at && n > 0) {
		memset(w->out + at, 0, n);
	}
}

u32 igvm_write_data(struct igvm_writer *w, struct span data)
{
	size_t at = FIXED_BYTES + w->header_space + w->data_bytes;
	if (data.n == 0) {
		return 0;
	}
	size_t room = padded(data.n, PAGE_SIZE);
	put(w, at, w->capacity, data.p, data.n);
	put_zeros(w, at + data.n, room - data.n);
	w->data_bytes += room;
	return (u32)at; /* igvm_write_end refuses a file in which this was cut */
}

void igvm_write_header(struct igvm_writer *w, u32 type, const void *content, u32 length)
{
	const struct igvm_variable_header header = {.type = type, .length = length};
	size_t size = sizeof(header) + padded(length, IGVM_HEADER_ALIGNMENT);
	size_t at = FIXED_BYTES + w->header_bytes;
	w->header_bytes += size;
	if (w->header_bytes > w->header_space) {
		return;
	}
	put_zeros(w, at, size);
	put(w, at, FIXED_BYTES + w->header_space, &header, sizeof(header));
	put(w, at + sizeof(header), FIXED_BYTES + w->header_space, content, length);
}

void igvm_write_platform(struct igvm_writer *w, u32 mask, u8 platform_type)
{
	const struct igvm_vhs_supported_platform platform = {
		.compatibility_mask = mask,
		.platform_type = platform_type,
		.platform_version = IGVM_PLATFORM_VERSION,
	};
	igvm_write_header(w, IGVM_VHT_SUPPORTED_PLATFORM, &platform, sizeof(platform));
}

void igvm_write_policy(struct igvm_writer *w, u32 mask, u64 policy)
{
	const struct igvm_vhs_guest_policy content = {.policy = policy, .compatibility_mask = mask};
	igvm_write_header(w, IGVM_VHT_GUEST_POLICY, &content, sizeof(content));
}

void igvm_write_page(struct igvm_writer *w, const struct igvm_vhs_page_data *page)
{
	igvm_write_header(w, IGVM_VHT_PAGE_DATA, page, sizeof(*page));
}

void igvm_write_area(struct igvm_writer *w, u32 index, u64 bytes)
{
	const struct igvm_vhs_parameter_area area = {.number_of_bytes = bytes, .parameter_area_index = index};
	igvm_write_header(w, IGVM_VHT_PARAMETER_AREA, &area, sizeof(area));
}

void igvm_write_parameter(struct igvm_writer *w, u32 type, u32 index, u32 byte_offset)
{
	const struct igvm_vhs_parameter parameter = {.parameter_area_index = index, .byte_offset = byte_offset};
	igvm_write_header(w, type, &parameter, sizeof(parameter));
}

void igvm_write_insert(struct igvm_writer *w, u32 mask, u32 index, u64 gpa)
{
	const struct igvm_vhs_parameter_insert insert = {
		.gpa = gpa,
		.compatibility_mask = mask,
		.parameter_area_index = index,
	};
	igvm_write_header(w, IGVM_VHT_PARAMETER_INSERT, &insert, sizeof(insert));
}

void igvm_write_required_memory(struct igvm_writer *w, u32 mask, u64 gpa, u32 bytes)
{
	const struct igvm_vhs_required_memory memory = {
		.gpa = gpa,
		.compatibility_mask = mask,
		.number_of_bytes = bytes,
	};
	igvm_write_header(w, IGVM_VHT_REQUIRED_MEMORY, &memory, sizeof(memory));
}

void igvm_write_vp_context(struct igvm_writer *w, const struct igvm_vhs_vp_context *context)
{
	igvm_write_header(w, IGVM_VHT_VP_CONTEXT, context, IGVM_VP_CONTEXT_LENGTH);
}

size_t igvm_write_size(const struct igvm_writer *w)
{
	size_t headers = w->header_bytes > w->header_space ? w->header_bytes : w->header_space;
	return FIXED_BYTES + headers + w->data_bytes;
}

enum err igvm_write_end(struct igvm_writer *w, struct span *file)
{
	size_t total = igvm_write_size(w);
	if (total > UINT32_MAX) {
		return ERR_RANGE;
	}
	if (total > w->capacity || w->header_bytes > w->header_space) {
		return ERR_NO_MEMORY;
	}
	struct igvm_fixed_header fixed = {
		.magic = IGVM_MAGIC,
		.format_version = IGVM_FORMAT_V1,
		.variable_header_offset = FIXED_BYTES,
		.variable_header_size = (u32)w->header_bytes,
		.total_file_size = (u32)total,
	};
	put_zeros(w, FIXED_BYTES + w->header_bytes, w->header_space - w->header_bytes);
	u32 crc = crc32_add(CRC32_START, span_of(&fixed, sizeof(fixed)));
	fixed.checksum = crc32_add(crc, span_of(w->out + FIXED_BYTES, w->header_bytes));
	memcpy(w->out, &fixed, sizeof(fixed));
	*file = span_of(w->out, total);
	return ERR_OK;
}
