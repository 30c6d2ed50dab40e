/* SPDX-License-Identifier: MIT */
#include "igvm/write.h"

#include "base/align.h"
#include "base/crc32.h"
#include "base/mem.h"
#include "igvm/layout.h"

void igvm_write_begin(struct igvm_writer *w, void *out, size_t capacity, size_t header_space)
{
	*w = (struct igvm_writer){
		.out = out,
		.capacity = capacity,
		.headers_at = sizeof(struct igvm_fixed_header),
		.header_space = header_space,
		.format_version = IGVM_FORMAT_V1,
	};
}

void igvm_write_version_2(struct igvm_writer *w, u32 architecture)
{
	w->format_version = IGVM_FORMAT_V2;
	w->architecture = architecture;
	w->headers_at = sizeof(struct igvm_fixed_header_v2);
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
	size_t at = w->headers_at + w->header_space + w->data_bytes;
	if (data.n == 0) {
		return 0;
	}
	size_t room = padded(data.n, PAGE_SIZE);
	put(w, at, w->capacity, data.p, data.n);
	put_zeros(w, at + data.n, room - data.n);
	w->data_bytes += room;
	return (u32)at; /* igvm_write_end refuses a file in which this was cut */
}

/* Takes room for a header; false when there is none, or when the pass only counts. */
static bool take_header(struct igvm_writer *w, size_t size, size_t *at)
{
	*at = w->headers_at + w->header_bytes;
	w->header_bytes += size;
	return w->header_bytes <= w->header_space;
}

void igvm_write_header(struct igvm_writer *w, u32 type, const void *content, u32 length)
{
	const struct igvm_variable_header header = {.type = type, .length = length};
	size_t size = sizeof(header) + padded(length, IGVM_HEADER_ALIGNMENT);
	size_t at;
	if (!take_header(w, size, &at)) {
		return;
	}
	put_zeros(w, at, size);
	put(w, at, w->headers_at + w->header_space, &header, sizeof(header));
	put(w, at + sizeof(header), w->headers_at + w->header_space, content, length);
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
	return w->headers_at + headers + w->data_bytes;
}

static void write_fixed_header(struct igvm_writer *w, size_t total)
{
	struct igvm_fixed_header_v2 fixed = {
		.v1 =
			{
				.magic = IGVM_MAGIC,
				.format_version = w->format_version,
				.variable_header_offset = (u32)w->headers_at,
				.variable_header_size = (u32)w->header_bytes,
				.total_file_size = (u32)total,
			},
		.architecture = w->architecture,
		.page_size = PAGE_SIZE,
	};
	size_t size = w->format_version == IGVM_FORMAT_V1 ? sizeof(fixed.v1) : sizeof(fixed);
	u32 crc = crc32_add(CRC32_START, span_of(&fixed, size));
	fixed.v1.checksum = crc32_add(crc, span_of(w->out + w->headers_at, w->header_bytes));
	memcpy(w->out, &fixed, size);
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
	put_zeros(w, w->headers_at + w->header_bytes, w->header_space - w->header_bytes);
	write_fixed_header(w, total);
	*file = span_of(w->out, total);
	return ERR_OK;
}

void igvm_copy_begin(struct igvm_writer *w, const struct igvm_file *file, void *out, size_t capacity,
		     size_t header_space)
{
	igvm_write_begin(w, out, capacity, header_space);
	if (file->format_version == IGVM_FORMAT_V2) {
		igvm_write_version_2(w, file->architecture);
	}
	size_t fixed = w->headers_at;
	w->headers_at = (size_t)(file->headers.p - file->bytes.p);
	put(w, fixed, w->headers_at, file->bytes.p + fixed, w->headers_at - fixed);
}

/* How far the data lies from where it lay; negative when headers were left out. */
static s64 shift_of(const struct igvm_writer *w, const struct igvm_file *file)
{
	return (s64)(w->headers_at + w->header_space) - (s64)file->data_start;
}

void igvm_copy_header(struct igvm_writer *w, const struct igvm_file *file, const struct igvm_header *header)
{
	size_t size = sizeof(struct igvm_variable_header) + padded(header->content.n, IGVM_HEADER_ALIGNMENT);
	size_t end = w->headers_at + w->header_space;
	size_t at;
	u32 field;
	u32 offset;
	if (!take_header(w, size, &at)) {
		return;
	}
	put(w, at, end, file->bytes.p + header->offset, size);
	if (igvm_data_field(header->type, &field) &&
	    span_copy(header->content, field, &offset, sizeof(offset)) == ERR_OK && offset != 0) {
		offset = (u32)(offset + shift_of(w, file)); /* igvm_write_end refuses a file in which this was cut */
		put(w, at + sizeof(struct igvm_variable_header) + field, end, &offset, sizeof(offset));
	}
}

void igvm_copy_data(struct igvm_writer *w, const struct igvm_file *file)
{
	size_t n = file->bytes.n - file->data_start;
	put(w, w->headers_at + w->header_space + w->data_bytes, w->capacity, file->bytes.p + file->data_start, n);
	w->data_bytes += n;
}
