/* SPDX-License-Identifier: MIT */
/* The boot digest of VBS: digest' = SHA-256(digest, chunk), a chunk for each page and, last, for each register. */
#include "base/mem.h"
#include "igvm/context.h"
#include "igvm/layout.h"
#include "igvm/measure.h"

#define CHUNK_REGISTER 0U
#define CHUNK_PAGE 2U
#define PAGE_READABLE_WRITABLE 0x3U /* accepted by the guest already */
#define PAGE_UNMEASURED 0x4U

struct chunk_header {
	u32 bytes;
	u32 type;
	u64 reserved;
};

struct page_chunk {
	struct chunk_header header;
	u64 metadata;
	u64 page_number;
	u8 data[PAGE_SIZE];
};
LAYOUT_SIZE(struct page_chunk, 32 + PAGE_SIZE);

struct register_chunk {
	struct chunk_header header;
	u32 reserved;
	u8 vtl;
	u8 reserved2[7];
	u8 name[4];
	u8 value[16];
};
LAYOUT_AT(struct register_chunk, name, 28);
LAYOUT_SIZE(struct register_chunk, 48);

struct chain {
	const struct igvm_hash *hash;
	u8 *digest;
};

/* What is hashed: the digest so far, and the chunk right behind it */
struct page_step {
	u8 digest[IGVM_SHA256_SIZE];
	struct page_chunk chunk;
};

struct register_step {
	u8 digest[IGVM_SHA256_SIZE];
	struct register_chunk chunk;
};

static void add_page(const struct chain *chain, u64 gpa, u64 metadata, struct span data)
{
	struct page_step step;
	memset(&step, 0, sizeof(step));
	memcpy(step.digest, chain->digest, sizeof(step.digest));
	step.chunk.header.bytes = sizeof(step.chunk);
	step.chunk.header.type = CHUNK_PAGE;
	step.chunk.metadata = metadata;
	step.chunk.page_number = gpa / PAGE_SIZE;
	if (data.n == PAGE_SIZE) {
		memcpy(step.chunk.data, data.p, PAGE_SIZE);
	}
	chain->hash->sha256(chain->hash->context, span_of(&step, sizeof(step)), chain->digest);
}

static void add_pages(const struct chain *chain, u64 gpa, u64 bytes, u64 metadata)
{
	for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
		add_page(chain, gpa + at, metadata, span_of(NULL, 0));
	}
}

static void add_register(const struct chain *chain, const struct igvm_vbs_register *r)
{
	struct register_step step;
	memset(&step, 0, sizeof(step));
	memcpy(step.digest, chain->digest, sizeof(step.digest));
	step.chunk.header.bytes = sizeof(step.chunk);
	step.chunk.header.type = CHUNK_REGISTER;
	step.chunk.vtl = r->vtl;
	memcpy(step.chunk.name, r->name, sizeof(r->name));
	memcpy(step.chunk.value, r->value, sizeof(r->value));
	chain->hash->sha256(chain->hash->context, span_of(&step, sizeof(step)), chain->digest);
}

static enum err measure_page(const struct igvm_file *file, const struct igvm_header *header, const struct chain *chain)
{
	struct igvm_vhs_page_data page;
	igvm_decode_page_data(header, &page);
	if (page.data_type != IGVM_PAGE_NORMAL) {
		return ERR_UNSUPPORTED;
	}
	if ((page.flags & IGVM_PAGE_DATA_SHARED) != 0) {
		return ERR_OK;
	}
	bool unmeasured = (page.flags & IGVM_PAGE_DATA_UNMEASURED) != 0;
	struct span data = unmeasured ? span_of(NULL, 0) : igvm_data(file, page.file_offset, PAGE_SIZE);
	add_page(chain, page.gpa, unmeasured ? PAGE_UNMEASURED : 0, data);
	return ERR_OK;
}

/* The sum does not overflow: a file has fewer than 2^28 headers, and a range fewer than 2^32 bytes. */
static u64 error_bytes(const struct igvm_file *file, u32 mask)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_error_range range;
	u64 sum = 0;
	while (igvm_next(&iterator, &header)) {
		if (header.type == IGVM_VHT_ERROR_RANGE && igvm_header_applies(&header, mask)) {
			igvm_decode_error_range(&header, &range);
			sum += range.size_bytes;
		}
	}
	return sum;
}

static enum err measure_header(const struct igvm_file *file, const struct igvm_header *header,
			       const struct chain *chain)
{
	struct igvm_vhs_parameter_insert insert;
	struct igvm_vhs_error_range range;
	switch (header->type) {
	case IGVM_VHT_PAGE_DATA:
		return measure_page(file, header, chain);
	case IGVM_VHT_PARAMETER_INSERT:
		igvm_decode_parameter_insert(header, &insert);
		add_pages(chain, insert.gpa, igvm_area_bytes(file, insert.parameter_area_index), PAGE_UNMEASURED);
		return ERR_OK;
	case IGVM_VHT_ERROR_RANGE:
		igvm_decode_error_range(header, &range);
		add_pages(chain, range.gpa, range.size_bytes, PAGE_UNMEASURED | PAGE_READABLE_WRITABLE);
		return ERR_OK;
	default:
		return ERR_OK;
	}
}

static void measure_registers(const struct igvm_file *file, u32 mask, const struct chain *chain)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vbs_register r;
	while (igvm_next(&iterator, &header)) {
		struct span list;
		if (header.type != IGVM_VHT_VP_CONTEXT || !igvm_header_applies(&header, mask) ||
		    !igvm_header_data(file, &header, &list)) {
			continue;
		}
		for (u32 i = 0; i < igvm_vbs_count(list) && igvm_vbs_register(list, i, &r); i++) {
			add_register(chain, &r);
		}
	}
}

enum err igvm_measure_vbs(const struct igvm_file *file, u32 mask, const struct igvm_hash *hash,
			  u8 digest[IGVM_SHA256_SIZE])
{
	const struct chain chain = {.hash = hash, .digest = digest};
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	memset(digest, 0, IGVM_SHA256_SIZE);
	if (error_bytes(file, mask) > IGVM_VBS_MAX_ERROR_BYTES) {
		return ERR_RANGE;
	}
	while (igvm_next(&iterator, &header)) {
		if (!igvm_header_applies(&header, mask)) {
			continue;
		}
		enum err error = measure_header(file, &header, &chain);
		if (error != ERR_OK) {
			return error;
		}
	}
	measure_registers(file, mask, &chain);
	return ERR_OK;
}
