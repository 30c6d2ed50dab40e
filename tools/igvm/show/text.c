/* SPDX-License-Identifier: MIT */
#include "show/text.h"

#include <stdio.h>
#include <string.h>

#include "show/content.h"
#include "show/memory.h"
#include "show/names.h"

/* A page that goes on where n pages from `first` end: the same in all but its place in memory and file */
static bool goes_on(const struct igvm_header *first, u32 n, const struct igvm_header *header)
{
	struct igvm_vhs_page_data a;
	struct igvm_vhs_page_data b;
	if (first->type != IGVM_VHT_PAGE_DATA || header->type != IGVM_VHT_PAGE_DATA) {
		return false;
	}
	igvm_decode_page_data(first, &a);
	igvm_decode_page_data(header, &b);
	a.gpa += (u64)n * PAGE_SIZE;
	a.file_offset += a.file_offset != 0 ? n * PAGE_SIZE : 0;
	return memcmp(&a, &b, sizeof(a)) == 0;
}

static void show_line(const struct igvm_file *file, const struct igvm_header *first, u32 n)
{
	const struct fields fields = {.json = false};
	char index[32];
	snprintf(index, sizeof(index), n > 1 ? "%u-%u" : "%u", first->index, first->index + n - 1);
	printf("%11s %#8llx  %-18s", index, (unsigned long long)first->offset, name_of_header(first->type));
	show_content(file, first, &fields);
	if (n > 1) {
		field_number(&fields, "pages", n);
	}
	putchar('\n');
}

static void show_lines(const struct igvm_file *file, bool all)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_header first = {0};
	u32 n = 0;
	printf("IGVM file, format version %u: %zu bytes, of which %u headers take %zu; data from 0x%x\n\n",
	       file->format_version, file->bytes.n, file->header_count, file->headers.n, file->data_start);
	printf("%11s %8s  %-18s %s\n", "header", "offset", "type", "content");
	while (igvm_next(&iterator, &header)) {
		if (n > 0 && !all && goes_on(&first, n, &header)) {
			n++;
			continue;
		}
		if (n > 0) {
			show_line(file, &first, n);
		}
		first = header;
		n = 1;
	}
	if (n > 0) {
		show_line(file, &first, n);
	}
	putchar('\n');
}

void show_text(const struct igvm_file *file, bool all)
{
	show_lines(file, all);
	show_map(file);
}

void show_json(const struct igvm_file *file)
{
	const struct fields fields = {.json = true};
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	printf("{\"format_version\": %u, \"bytes\": %zu, \"data_start\": %u, \"headers\": [", file->format_version,
	       file->bytes.n, file->data_start);
	while (igvm_next(&iterator, &header)) {
		printf("%s\n  {\"type\": \"%s\"", header.index == 0 ? "" : ",", name_of_header(header.type));
		field_hex(&fields, "offset", header.offset);
		show_content(file, &header, &fields);
		putchar('}');
	}
	puts("\n]}");
}
