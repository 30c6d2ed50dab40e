/* SPDX-License-Identifier: MIT */
#include "task/loader.h"

#include "base/align.h"
#include "base/range.h"
#include "elf/elf.h"
#include "elf/layout.h"

static u64 pages_of(u64 start, u64 bytes)
{
	u64 end = 0;
	return align_up(start % PAGE_SIZE + bytes, PAGE_SIZE, &end) ? end / PAGE_SIZE : 0;
}

static u32 rights_of(u32 elf_rights)
{
	return SPACE_READ | ((elf_rights & ELF_WRITE) != 0 ? SPACE_WRITE : 0) |
	       ((elf_rights & ELF_EXECUTE) != 0 ? SPACE_EXECUTE : 0);
}

/* A segment's pages are the file's pages: it must lie in both at the same place of a page, and end with its data. */
static err_t segment_share(struct space *space, const struct elf_segment *s)
{
	u64 skip = s->virtual_address % PAGE_SIZE;
	if ((u64)s->data.p % PAGE_SIZE != skip || s->data.n != s->memory_size) {
		return ERR_UNSUPPORTED;
	}
	struct space_range range = {s->virtual_address - skip, pages_of(s->virtual_address, s->memory_size)};
	return space_share(space, range, s->data.p - skip, rights_of(s->rights));
}

static err_t segment_copy(struct space *space, const struct elf_segment *s)
{
	struct space_range range = {
		.start = align_down(s->virtual_address, PAGE_SIZE),
		.pages = pages_of(s->virtual_address, s->memory_size),
	};
	enum err error = space_add(space, range, rights_of(s->rights));
	return error == ERR_OK ? space_load(space, s->virtual_address, s->data.p, s->data.n) : error;
}

static err_t segment_load(struct space *space, const struct elf_segment *s)
{
	if (!range_within(s->virtual_address, s->memory_size, SPACE_START, LOADER_MMAP_START - SPACE_START)) {
		return ERR_RANGE;
	}
	return (s->rights & ELF_WRITE) != 0 ? segment_copy(space, s) : segment_share(space, s);
}

/* Notes where ring 3 finds the program headers, when this segment holds them. */
static void headers_find(const struct elf_file *elf, const struct elf_segment *s, struct loaded *loaded)
{
	u64 headers = (u64)elf->program_headers.p;
	u64 data = (u64)s->data.p;
	if (range_within(headers, elf->program_headers.n, data, s->data.n)) {
		loaded->headers = s->virtual_address + (headers - data);
	}
}

static err_t stack_add(struct space *space)
{
	struct space_range stack = {LOADER_STACK_END - LOADER_STACK_PAGES * PAGE_SIZE, LOADER_STACK_PAGES};
	return space_add(space, stack, SPACE_READ | SPACE_WRITE);
}

enum err loader_load(struct space *space, struct span file, struct loaded *loaded)
{
	struct elf_file elf;
	struct elf_segment segment;
	u32 index = 0;
	enum err error = elf_open(file, &elf, NULL);
	if (error != ERR_OK) {
		return error;
	}
	*loaded = (struct loaded){.entry = elf.entry, .header_count = elf.program_header_count};
	while (error == ERR_OK && elf_next_segment(&elf, &index, &segment)) {
		error = segment_load(space, &segment);
		headers_find(&elf, &segment, loaded);
		loaded->end = align_down(segment.virtual_address + segment.memory_size + PAGE_SIZE - 1, PAGE_SIZE);
	}
	return error == ERR_OK ? stack_add(space) : error;
}
