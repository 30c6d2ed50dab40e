/* SPDX-License-Identifier: MIT */
#include "show/places.h"

#include <stdlib.h>

#include "host/report.h"
#include "igvm/layout.h"
#include "show/names.h"

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

bool memory_of_header(const struct igvm_file *file, const struct igvm_header *header, struct memory *out)
{
	struct igvm_vhs_page_data page;
	struct igvm_vhs_parameter_insert insert;
	struct igvm_vhs_error_range error;
	switch (header->type) {
	case IGVM_VHT_PAGE_DATA:
		igvm_decode_page_data(header, &page);
		*out = (struct memory){page.gpa, PAGE_SIZE, kind_of_page(&page)};
		return true;
	case IGVM_VHT_PARAMETER_INSERT:
		igvm_decode_parameter_insert(header, &insert);
		*out = (struct memory){insert.gpa, igvm_area_bytes(file, insert.parameter_area_index), "parameters"};
		return true;
	case IGVM_VHT_ERROR_RANGE:
		igvm_decode_error_range(header, &error);
		*out = (struct memory){error.gpa, error.size_bytes, "error range"};
		return true;
	default:
		return false;
	}
}

struct places places_begin(const struct igvm_file *file)
{
	return (struct places){.file = file, .all = allocate(sizeof(struct place) * file->header_count)};
}

void places_add(struct places *places, const struct igvm_header *header, u64 key)
{
	places->all[places->count] = (struct place){key, (u32)header->offset, header->index};
	places->count++;
}

void places_get(const struct places *places, u32 i, struct igvm_header *header)
{
	const struct place *place = &places->all[i];
	if (!igvm_header_at(places->file, place->offset, place->index, header)) {
		*header = (struct igvm_header){.index = place->index}; /* cannot be: it was there */
	}
}

static int compare(const void *a, const void *b)
{
	const struct place *one = a;
	const struct place *other = b;
	if (one->key != other->key) {
		return one->key < other->key ? -1 : 1;
	}
	return (one->index > other->index) - (one->index < other->index);
}

static bool is_sorted(const struct places *places)
{
	for (u32 i = 1; i < places->count; i++) {
		if (compare(&places->all[i - 1], &places->all[i]) > 0) {
			return false;
		}
	}
	return true;
}

void places_sort(struct places *places)
{
	if (!is_sorted(places)) {
		qsort(places->all, places->count, sizeof(*places->all), compare);
	}
}

static u32 type_at(const struct igvm_file *file, const struct place *place)
{
	u32 type = 0;
	(void)!span_copy(file->bytes, place->offset, &type, sizeof(type));
	return type;
}

static int compare_types(const void *a, const void *b, void *file)
{
	u32 one = type_at(file, a);
	u32 other = type_at(file, b);
	return one != other ? (one < other ? -1 : 1) : compare(a, b);
}

void places_sort_by_type(struct places *places)
{
	struct igvm_file file = *places->file;
	qsort_r(places->all, places->count, sizeof(*places->all), compare_types, &file);
}
