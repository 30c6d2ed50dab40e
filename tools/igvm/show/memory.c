/* SPDX-License-Identifier: MIT */
#include "show/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host/file.h"
#include "host/report.h"
#include "igvm/layout.h"
#include "show/names.h"

#define RULE "+------------------------------------------+"

struct range {
	u64 gpa;
	u64 size;
	const char *kind;
};

static const char *kind_of_page(const struct igvm_vhs_page_data *page)
{
	if (page->data_type != IGVM_PAGE_NORMAL) {
		return name_of_page(page->data_type);
	}
	if ((page->flags & IGVM_PAGE_DATA_SHARED) != 0) {
		return "shared";
	}
	if ((page->flags & IGVM_PAGE_DATA_UNMEASURED) != 0) {
		return "unmeasured";
	}
	return page->file_offset != 0 ? "data" : "zeros";
}

static bool range_of(const struct igvm_file *file, const struct igvm_header *header, struct range *out)
{
	struct igvm_vhs_page_data page;
	struct igvm_vhs_parameter_insert insert;
	struct igvm_vhs_required_memory memory;
	struct igvm_vhs_error_range error;
	switch (header->type) {
	case IGVM_VHT_PAGE_DATA:
		igvm_decode_page_data(header, &page);
		*out = (struct range){page.gpa, PAGE_SIZE, kind_of_page(&page)};
		return true;
	case IGVM_VHT_PARAMETER_INSERT:
		igvm_decode_parameter_insert(header, &insert);
		*out = (struct range){insert.gpa, igvm_area_bytes(file, insert.parameter_area_index), "parameters"};
		return true;
	case IGVM_VHT_REQUIRED_MEMORY:
		igvm_decode_required_memory(header, &memory);
		*out = (struct range){memory.gpa, memory.number_of_bytes, "required memory"};
		return true;
	case IGVM_VHT_ERROR_RANGE:
		igvm_decode_error_range(header, &error);
		*out = (struct range){error.gpa, error.size_bytes, "error range"};
		return true;
	default:
		return false;
	}
}

static int compare(const void *a, const void *b)
{
	const struct range *one = a;
	const struct range *other = b;
	if (one->gpa != other->gpa) {
		return one->gpa < other->gpa ? -1 : 1;
	}
	return one->size == other->size ? 0 : one->size > other->size ? -1 : 1;
}

/* Neighbours of one kind become one. */
static u32 join_ranges(struct range *all, u32 count)
{
	u32 kept = 0;
	for (u32 i = 0; i < count; i++) {
		struct range *last = kept > 0 ? &all[kept - 1] : NULL;
		if (last != NULL && last->gpa + last->size == all[i].gpa && strcmp(last->kind, all[i].kind) == 0) {
			last->size += all[i].size;
		} else {
			all[kept] = all[i];
			kept++;
		}
	}
	return kept;
}

static void draw(const struct range *all, u32 count)
{
	u64 end = 0;
	for (u32 i = 0; i < count; i++) {
		if (i == 0 || all[i].gpa != end) {
			printf(i == 0 ? "%20s  " RULE "\n" : "%20s  " RULE "\n\n%20s  " RULE "\n", "", "");
		}
		printf("%#20llx  | %-24s %12llu KiB |\n", (unsigned long long)all[i].gpa, all[i].kind,
		       (unsigned long long)(all[i].size / 1024));
		end = all[i].gpa + all[i].size;
	}
	if (count > 0) {
		printf("%#20llx  " RULE "\n", (unsigned long long)end);
	}
}

static void show_platform(const struct igvm_file *file, u32 mask)
{
	struct range *all = allocate(sizeof(*all) * file->header_count);
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	u32 count = 0;
	while (igvm_next(&iterator, &header)) {
		count += igvm_header_applies(&header, mask) && range_of(file, &header, &all[count]);
	}
	qsort(all, count, sizeof(*all), compare);
	draw(all, join_ranges(all, count));
	free(all);
}

void show_map(const struct igvm_file *file)
{
	for (u8 platform = 0; platform <= IGVM_PLATFORM_CCA; platform++) {
		u32 mask;
		if (igvm_platform_mask(file, platform, &mask) == ERR_OK) {
			printf("%s:\n", name_of_platform(platform));
			show_platform(file, mask);
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
