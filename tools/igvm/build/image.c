/* SPDX-License-Identifier: MIT */
#include "build/image.h"

#include <stdlib.h>
#include <string.h>

#include "base/range.h"
#include "host/report.h"

static void add_page(struct image *image, u64 gpa, const u8 *data, u16 type)
{
	if (image->count == image->capacity) {
		size_t capacity = image->capacity == 0 ? 1024 : image->capacity * 2;
		struct image_page *pages = allocate(capacity * sizeof(*pages));
		if (image->count > 0) {
			memcpy(pages, image->pages, image->count * sizeof(*pages));
		}
		free(image->pages);
		image->pages = pages;
		image->capacity = capacity;
	}
	image->pages[image->count] = (struct image_page){.gpa = gpa, .data = data, .type = type};
	image->count++;
}

static const u8 *whole_page(struct span data)
{
	if (span_is_zero(data)) {
		return NULL;
	}
	if (data.n == PAGE_SIZE) {
		return data.p;
	}
	u8 *copy = allocate(PAGE_SIZE);
	memcpy(copy, data.p, data.n);
	return copy;
}

void image_add_bytes(struct image *image, u64 gpa, struct span data)
{
	for (size_t at = 0; at < data.n; at += PAGE_SIZE) {
		size_t n = data.n - at < PAGE_SIZE ? data.n - at : PAGE_SIZE;
		add_page(image, gpa + at, whole_page(span_of(data.p + at, n)), IGVM_PAGE_NORMAL);
	}
}

void image_add_zeros(struct image *image, u64 gpa, u64 size)
{
	for (u64 at = 0; at < size; at += PAGE_SIZE) {
		add_page(image, gpa + at, NULL, IGVM_PAGE_NORMAL);
	}
}

void image_add_special(struct image *image, u64 gpa, u16 type)
{
	add_page(image, gpa, NULL, type);
}

bool image_add_range(struct image *image, const struct boot_range *range, const char *what)
{
	struct boot_guest *guest = &image->layout.guest;
	unsigned long long start = range->gpa;
	unsigned long long end = range->gpa + range->size;
	if (range_overlaps(range->gpa, range->size, image->layout.base, image->layout.size)) {
		return report("%s [0x%llx, 0x%llx) overlaps the SVSM's memory: move that with --base", what, start,
			      end);
	}
	for (u32 i = 0; i < guest->range_count; i++) {
		const struct boot_range *other = &guest->ranges[i];
		if (range_overlaps(range->gpa, range->size, other->gpa, other->size)) {
			return report("%s [0x%llx, 0x%llx) overlaps what lies at 0x%llx", what, start, end,
				      (unsigned long long)other->gpa);
		}
	}
	if (guest->range_count == BOOT_MAX_RANGES) {
		return report("%s: the guest has more than %u ranges", what, BOOT_MAX_RANGES);
	}
	guest->ranges[guest->range_count] = *range;
	guest->range_count++;
	return true;
}
