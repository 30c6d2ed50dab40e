/* SPDX-License-Identifier: MIT */
#include "elf/elf.h"

#include "base/mem.h"
#include "elf/layout.h"

static enum err refuse(enum err error, const char *text, const char **what)
{
	*what = text;
	return error;
}

static enum err check_identification(const u8 *id, const char **what)
{
	static const u8 magic[] = {0x7F, 'E', 'L', 'F'};
	if (memcmp(id, magic, sizeof(magic)) != 0) {
		return refuse(ERR_INPUT, "it is not an ELF file", what);
	}
	if (id[4] != ELF_CLASS_64 || id[5] != ELF_LITTLE_ENDIAN || id[6] != ELF_VERSION) {
		return refuse(ERR_UNSUPPORTED, "it is not a 64-bit little-endian ELF file", what);
	}
	return ERR_OK;
}

static enum err check_header(const struct elf_header *header, const char **what)
{
	enum err error = check_identification(header->identification, what);
	if (error != ERR_OK) {
		return error;
	}
	if (header->machine != ELF_MACHINE_X86_64) {
		return refuse(ERR_UNSUPPORTED, "it is not for x86-64", what);
	}
	if (header->type != ELF_TYPE_EXECUTABLE) {
		return refuse(ERR_UNSUPPORTED, "it is not a static, non-relocatable executable", what);
	}
	if (header->program_header_size != sizeof(struct elf_program_header)) {
		return refuse(ERR_INPUT, "its program headers have a wrong size", what);
	}
	return ERR_OK;
}

static enum err check_load(const struct elf_file *file, const struct elf_program_header *p, const char **what)
{
	struct span data;
	u64 end;
	if (p->file_size > p->memory_size) {
		return refuse(ERR_INPUT, "a segment has more bytes in the file than in memory", what);
	}
	if (span_slice(file->bytes, p->offset, p->file_size, &data) != ERR_OK) {
		return refuse(ERR_TRUNCATED, "a segment's data is past the end of the file", what);
	}
	if (ckd_add(&end, p->virtual_address, p->memory_size)) {
		return refuse(ERR_RANGE, "a segment's addresses wrap around", what);
	}
	return ERR_OK;
}

static enum err check_program_header(const struct elf_file *file, const struct elf_program_header *p, const char **what)
{
	switch (p->type) {
	case ELF_SEGMENT_LOAD:
		return check_load(file, p, what);
	case ELF_SEGMENT_DYNAMIC:
	case ELF_SEGMENT_INTERPRETER:
		return refuse(ERR_UNSUPPORTED, "it is linked dynamically", what);
	default:
		return ERR_OK;
	}
}

static bool take_program_header(const struct elf_file *file, u32 index, struct elf_program_header *p)
{
	return span_copy(file->program_headers, (u64)index * sizeof(*p), p, sizeof(*p)) == ERR_OK;
}

static enum err check_program_headers(const struct elf_file *file, const char **what)
{
	for (u32 i = 0; i < file->program_header_count; i++) {
		struct elf_program_header p;
		if (!take_program_header(file, i, &p)) {
			return refuse(ERR_TRUNCATED, "its program headers are past the end of the file", what);
		}
		enum err error = check_program_header(file, &p, what);
		if (error != ERR_OK) {
			return error;
		}
	}
	return ERR_OK;
}

/* Segments ascend and are apart; one of them holds the entry point. */
static enum err check_segments(const struct elf_file *file, const char **what)
{
	struct elf_segment segment;
	u32 index = 0;
	u64 end = 0;
	bool entry_found = false;
	while (elf_next_segment(file, &index, &segment)) {
		if (segment.virtual_address < end) {
			return refuse(ERR_INPUT, "its segments overlap or are out of order", what);
		}
		end = segment.virtual_address + segment.memory_size;
		bool holds_entry = file->entry >= segment.virtual_address && file->entry < end;
		entry_found = entry_found || (holds_entry && (segment.rights & ELF_EXECUTE) != 0);
	}
	return entry_found ? ERR_OK : refuse(ERR_RANGE, "its entry point is in no executable segment", what);
}

enum err elf_open(struct span bytes, struct elf_file *file, const char **what)
{
	const char *unwanted;
	const char **why = what == NULL ? &unwanted : what;
	struct elf_header header;
	if (span_copy(bytes, 0, &header, sizeof(header)) != ERR_OK) {
		return refuse(ERR_TRUNCATED, "it is shorter than an ELF header", why);
	}
	enum err error = check_header(&header, why);
	if (error != ERR_OK) {
		return error;
	}
	struct elf_file opened = {
		.bytes = bytes,
		.entry = header.entry,
		.program_header_count = header.program_header_count,
	};
	u64 table_bytes = (u64)header.program_header_count * sizeof(struct elf_program_header);
	if (span_slice(bytes, header.program_header_offset, table_bytes, &opened.program_headers) != ERR_OK) {
		return refuse(ERR_TRUNCATED, "its program headers are past the end of the file", why);
	}
	error = check_program_headers(&opened, why);
	if (error == ERR_OK) {
		error = check_segments(&opened, why);
	}
	if (error == ERR_OK) {
		*file = opened;
	}
	return error;
}

bool elf_next_segment(const struct elf_file *file, u32 *index, struct elf_segment *segment)
{
	struct elf_program_header p;
	while (*index < file->program_header_count && take_program_header(file, *index, &p)) {
		(*index)++;
		if (p.type != ELF_SEGMENT_LOAD || p.memory_size == 0) {
			continue;
		}
		segment->virtual_address = p.virtual_address;
		segment->memory_size = p.memory_size;
		segment->rights = p.flags & (ELF_READ | ELF_WRITE | ELF_EXECUTE);
		return span_slice(file->bytes, p.offset, p.file_size, &segment->data) == ERR_OK;
	}
	return false;
}
