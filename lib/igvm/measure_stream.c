/* SPDX-License-Identifier: MIT */
/* Digests that are one hash over a stream: TDX, SEV, SEV-ES. */
#include "base/mem.h"
#include "igvm/layout.h"
#include "igvm/measure.h"

static const u8 zero_page[PAGE_SIZE];

static void add(const struct igvm_stream *stream, struct span data)
{
	stream->add(stream->context, data);
}

/* TDX Module ABI, TDH.MEM.PAGE.ADD and TDH.MR.EXTEND: what the two put into MRTD */
#define TDX_CHUNK 256U

struct tdx_operation {
	char name[16];
	u64 gpa;
	u8 zeros[104];
};
LAYOUT_SIZE(struct tdx_operation, 128);

static void add_operation(const struct igvm_stream *stream, const char *name, size_t length, u64 gpa)
{
	struct tdx_operation operation;
	memset(&operation, 0, sizeof(operation));
	memcpy(operation.name, name, length);
	operation.gpa = gpa;
	add(stream, span_of(&operation, sizeof(operation)));
}

static void add_tdx_page(const struct igvm_stream *stream, u64 gpa)
{
	static const char name[] = "MEM.PAGE.ADD";
	add_operation(stream, name, sizeof(name), gpa);
}

static void extend_tdx_page(const struct igvm_stream *stream, u64 gpa, struct span page)
{
	static const char name[] = "MR.EXTEND";
	for (u32 at = 0; at < PAGE_SIZE; at += TDX_CHUNK) {
		add_operation(stream, name, sizeof(name), gpa + at);
		add(stream, span_of(page.p + at, TDX_CHUNK));
	}
}

/* A page of data as it is launched: zeros where the file has none; false for headers that are no private page. */
static bool find_page(const struct igvm_file *file, const struct igvm_header *header, struct igvm_vhs_page_data *page,
		      struct span *data)
{
	if (header->type != IGVM_VHT_PAGE_DATA) {
		return false;
	}
	igvm_decode_page_data(header, page);
	*data = igvm_data(file, page->file_offset, PAGE_SIZE);
	if (data->n != PAGE_SIZE) {
		*data = span_of(zero_page, sizeof(zero_page));
	}
	return (page->flags & IGVM_PAGE_DATA_SHARED) == 0;
}

static void measure_tdx_insert(const struct igvm_file *file, const struct igvm_header *header,
			       const struct igvm_stream *stream)
{
	struct igvm_vhs_parameter_insert insert;
	igvm_decode_parameter_insert(header, &insert);
	u64 bytes = igvm_area_bytes(file, insert.parameter_area_index);
	for (u64 at = 0; at < bytes; at += PAGE_SIZE) {
		add_tdx_page(stream, insert.gpa + at);
	}
}

static void measure_tdx_page(const struct igvm_vhs_page_data *page, struct span data, const struct igvm_stream *stream)
{
	add_tdx_page(stream, page->gpa);
	if ((page->flags & IGVM_PAGE_DATA_UNMEASURED) == 0) {
		extend_tdx_page(stream, page->gpa, data);
	}
}

void igvm_measure_tdx(const struct igvm_file *file, u32 mask, const struct igvm_stream *sha384)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_page_data page;
	struct span data;
	while (igvm_next(&iterator, &header)) {
		if (!igvm_header_applies(&header, mask)) {
			continue;
		}
		if (header.type == IGVM_VHT_PARAMETER_INSERT) {
			measure_tdx_insert(file, &header, sha384);
		} else if (find_page(file, &header, &page, &data)) {
			measure_tdx_page(&page, data, sha384);
		}
	}
}

static void measure_contexts(const struct igvm_file *file, u32 mask, const struct igvm_stream *stream)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_vp_context context;
	while (igvm_next(&iterator, &header)) {
		if (header.type == IGVM_VHT_VP_CONTEXT && igvm_header_applies(&header, mask)) {
			igvm_decode_vp_context(&header, &context);
			add(stream, igvm_data(file, context.file_offset, PAGE_SIZE));
		}
	}
}

static void measure_vmsas(const struct igvm_file *file, u32 mask, const struct igvm_processors *processors,
			  const struct igvm_stream *stream)
{
	if (processors->count == 0) {
		measure_contexts(file, mask, stream);
	}
	for (u32 i = 0; i < processors->count; i++) {
		add(stream, igvm_processor_vmsa(file, mask, processors, (u16)i));
	}
}

void igvm_measure_sev(const struct igvm_file *file, u32 mask, const struct igvm_processors *processors,
		      const struct igvm_stream *sha256)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_page_data page;
	struct span data;
	u8 type;
	while (igvm_next(&iterator, &header)) {
		if (igvm_header_applies(&header, mask) && find_page(file, &header, &page, &data) &&
		    (page.flags & IGVM_PAGE_DATA_UNMEASURED) == 0) {
			add(sha256, data);
		}
	}
	if (igvm_platform_of(file, mask, &type) == ERR_OK && type == IGVM_PLATFORM_SEV_ES) {
		measure_vmsas(file, mask, processors, sha256);
	}
}
