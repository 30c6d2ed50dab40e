/* SPDX-License-Identifier: MIT */
#include "show/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/report.h"
#include "show/names.h"
#include "show/places.h"

#define RULE "+------------------------------------------+"

static void draw_end(u64 end)
{
	printf("%#20llx  " RULE "\n", (unsigned long long)end);
}

static void draw_memory(const struct memory *memory)
{
	printf("%#20llx  | %-24s %12llu KiB |\n", (unsigned long long)memory->gpa, memory->kind,
	       (unsigned long long)(memory->size / 1024));
}

/* Blocks of neighbours; what has the same kind becomes one line. */
static void draw(const struct places *places)
{
	struct memory drawn = {0};
	for (u32 i = 0; i < places->count; i++) {
		struct igvm_header header;
		struct memory next = {.kind = ""};
		places_get(places, i, &header);
		(void)memory_of_header(places->file, &header, &next);
		bool touches = i > 0 && drawn.gpa + drawn.size == next.gpa;
		if (touches && strcmp(drawn.kind, next.kind) == 0) {
			drawn.size += next.size;
			continue;
		}
		if (i > 0) {
			draw_memory(&drawn);
		}
		if (i > 0 && !touches) {
			draw_end(drawn.gpa + drawn.size);
			putchar('\n');
		}
		if (!touches) {
			printf("%20s  " RULE "\n", "");
		}
		drawn = next;
	}
	if (places->count > 0) {
		draw_memory(&drawn);
		draw_end(drawn.gpa + drawn.size);
	}
}

static void show_required(const struct igvm_file *file, u32 mask)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_required_memory memory;
	while (igvm_next(&iterator, &header)) {
		if (header.type == IGVM_VHT_REQUIRED_MEMORY && igvm_header_applies(&header, mask)) {
			igvm_decode_required_memory(&header, &memory);
			printf("%20s  required: %u KiB from 0x%llx\n", "", memory.number_of_bytes / 1024,
			       (unsigned long long)memory.gpa);
		}
	}
}

static void show_platform(const struct igvm_file *file, u32 mask)
{
	struct places places = places_begin(file);
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct memory memory;
	while (igvm_next(&iterator, &header)) {
		if (igvm_header_applies(&header, mask) && memory_of_header(file, &header, &memory)) {
			places_add(&places, &header, memory.gpa);
		}
	}
	places_sort(&places);
	draw(&places);
	show_required(file, mask);
	free(places.all);
}

void show_map(const struct igvm_file *file)
{
	const char *before = "";
	for (u8 platform = 0; platform <= IGVM_PLATFORM_CCA; platform++) {
		u32 mask;
		if (igvm_platform_mask(file, platform, &mask) == ERR_OK) {
			printf("%sMemory of %s:\n", before, name_of_platform(platform));
			show_platform(file, mask);
			before = "\n";
		}
	}
}

bool show_extract(const struct igvm_file *file, u64 start, u64 end, const char *output)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_vhs_page_data page;
	struct span data;
	u8 *bytes = allocate((size_t)(end - start));
	while (igvm_next(&iterator, &header)) {
		if (header.type != IGVM_VHT_PAGE_DATA || !igvm_header_data(file, &header, &data)) {
			continue;
		}
		igvm_decode_page_data(&header, &page);
		if (page.gpa >= start && page.gpa < end) {
			memcpy(bytes + (page.gpa - start), data.p, data.n);
		}
	}
	bool done = file_write(output, span_of(bytes, (size_t)(end - start)));
	free(bytes);
	return done;
}
