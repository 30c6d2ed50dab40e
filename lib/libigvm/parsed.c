/* SPDX-License-Identifier: MIT */
#include "libigvm/parsed.h"

#include <stdlib.h>
#include <string.h>

#include "igvm/igvm.h"
#include "igvm/layout.h"

#define SECTIONS 3U

struct parsed {
	struct igvm_file file;
	u8 *bytes;                /* our copy of the file */
	u8 *shown;                /* the variable headers as the C API shows them */
	u32 *places;              /* offset of each header in `shown` */
	u32 first[SECTIONS + 1U]; /* index in `places` of each section's first header */
};

/* A header shows no file offset, and no address where its context has none. */
static void show_header(const struct parsed *parsed, const struct igvm_header *header, u32 place)
{
	u8 *content = parsed->shown + place + sizeof(struct igvm_variable_header);
	u32 at;
	u8 platform;
	const u32 none = 0;
	const u64 no_gpa = 0;
	if (igvm_data_field(header->type, &at)) {
		memcpy(content + at, &none, sizeof(none));
	}
	size_t padding = (IGVM_HEADER_ALIGNMENT - header->content.n % IGVM_HEADER_ALIGNMENT) % IGVM_HEADER_ALIGNMENT;
	memset(content + header->content.n, 0, padding);
	if (header->type == IGVM_VHT_VP_CONTEXT &&
	    igvm_platform_of(&parsed->file, igvm_mask_of(header), &platform) == ERR_OK &&
	    platform != IGVM_PLATFORM_SEV_SNP && platform != IGVM_PLATFORM_SEV_ES) {
		memcpy(content + offsetof(struct igvm_vhs_vp_context, gpa), &no_gpa, sizeof(no_gpa));
	}
}

static void index_headers(struct parsed *parsed)
{
	struct igvm_iterator iterator = igvm_headers(&parsed->file);
	struct igvm_header header;
	u64 start = iterator.offset;
	u32 counts[SECTIONS] = {0};
	while (igvm_next(&iterator, &header)) {
		u32 place = (u32)(header.offset - start);
		parsed->places[header.index] = place;
		show_header(parsed, &header, place);
		counts[header.section]++;
	}
	for (u32 i = 0; i < SECTIONS; i++) {
		parsed->first[i + 1] = parsed->first[i] + counts[i];
	}
}

static bool allocate_parts(struct parsed *parsed, u32 size)
{
	parsed->bytes = malloc(size);
	parsed->shown = malloc(parsed->file.headers.n);
	parsed->places = calloc(parsed->file.header_count, sizeof(*parsed->places));
	return parsed->bytes != NULL && parsed->shown != NULL && parsed->places != NULL;
}

/* The file was checked where it lay, so that a bad one costs no memory; what counts is the copy, which nobody changes. */
static enum err copy_file(struct parsed *parsed, const u8 *data, u32 size, struct igvm_error *why)
{
	memcpy(parsed->bytes, data, size);
	struct igvm_file checked = parsed->file;
	enum err error = igvm_open(span_of(parsed->bytes, size), &parsed->file, why);
	if (error == ERR_OK &&
	    (parsed->file.header_count != checked.header_count || parsed->file.headers.n != checked.headers.n)) {
		why->flaw = IGVM_FLAW_CHECKSUM; /* the caller's bytes changed meanwhile */
		return ERR_STATE;
	}
	return error;
}

int32_t parsed_make(const uint8_t *data, uint32_t size, struct parsed **out)
{
	struct igvm_error why;
	struct igvm_file file;
	if (igvm_open(span_of(data, size), &file, &why) != ERR_OK) {
		return why.flaw;
	}
	struct parsed *parsed = calloc(1, sizeof(*parsed));
	if (parsed == NULL) {
		return PARSED_NO_MEMORY;
	}
	parsed->file = file;
	if (!allocate_parts(parsed, size)) {
		parsed_free(parsed);
		return PARSED_NO_MEMORY;
	}
	if (copy_file(parsed, data, size, &why) != ERR_OK) {
		parsed_free(parsed);
		return why.flaw;
	}
	memcpy(parsed->shown, parsed->file.headers.p, parsed->file.headers.n);
	index_headers(parsed);
	*out = parsed;
	return 0;
}

void parsed_free(struct parsed *parsed)
{
	free(parsed->bytes);
	free(parsed->shown);
	free(parsed->places);
	free(parsed);
}

uint32_t parsed_count(const struct parsed *parsed, uint32_t section)
{
	return parsed->first[section + 1] - parsed->first[section];
}

/* The header at its place. It was checked: there is one. */
static void header_at(const struct parsed *parsed, uint32_t section, uint32_t index, struct igvm_header *header)
{
	u32 number = parsed->first[section] + index;
	u64 start = (u64)(parsed->file.headers.p - parsed->file.bytes.p);
	if (!igvm_header_at(&parsed->file, start + parsed->places[number], number, header)) {
		*header = (struct igvm_header){.type = 0};
	}
}

uint32_t parsed_type(const struct parsed *parsed, uint32_t section, uint32_t index)
{
	struct igvm_header header;
	header_at(parsed, section, index, &header);
	return header.type;
}

struct parsed_bytes parsed_header(const struct parsed *parsed, uint32_t section, uint32_t index)
{
	struct igvm_header header;
	header_at(parsed, section, index, &header);
	size_t content = (header.content.n + IGVM_HEADER_ALIGNMENT - 1) / IGVM_HEADER_ALIGNMENT * IGVM_HEADER_ALIGNMENT;
	return (struct parsed_bytes){
		.p = parsed->shown + parsed->places[parsed->first[section] + index],
		.n = sizeof(struct igvm_variable_header) + content,
	};
}

bool parsed_data(const struct parsed *parsed, uint32_t section, uint32_t index, struct parsed_bytes *data)
{
	struct igvm_header header;
	struct span bytes;
	header_at(parsed, section, index, &header);
	if (!igvm_header_data(&parsed->file, &header, &bytes)) {
		return false;
	}
	*data = (struct parsed_bytes){.p = bytes.p, .n = bytes.n};
	return true;
}
