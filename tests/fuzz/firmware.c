/* SPDX-License-Identifier: MIT */
/* Firmware images, by their last 4 KiB. What is accepted asks for whole pages that are apart and below the image. */
#include <stdlib.h>
#include <string.h>

#include "base/range.h"
#include "igvm/input/firmware.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void check_sections(const struct firmware *f)
{
	expect(f->section_count <= FIRMWARE_MAX_SECTIONS);
	for (u32 i = 0; i < f->section_count; i++) {
		const struct firmware_section *s = &f->sections[i];
		expect((s->gpa | s->size) % PAGE_SIZE == 0 && s->size > 0 && range_within(s->gpa, s->size, 0, f->gpa));
		for (u32 j = 0; j < i; j++) {
			expect(!range_overlaps(s->gpa, s->size, f->sections[j].gpa, f->sections[j].size));
		}
	}
}

static bool in_sections(const struct firmware *f, u64 gpa, u64 size)
{
	for (u32 i = 0; i < f->section_count; i++) {
		if (range_within(gpa, size, f->sections[i].gpa, f->sections[i].size)) {
			return true;
		}
	}
	return false;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static u8 image[PAGE_SIZE];
	struct firmware f;
	const char *what = NULL;
	size_t n = size < sizeof(image) ? size : sizeof(image);
	memset(image, 0, sizeof(image));
	memcpy(image + sizeof(image) - n, data, n);
	if (firmware_open(span_of(image, sizeof(image)), &f, &what) != ERR_OK) {
		expect(what != NULL);
		return 0;
	}
	check_sections(&f);
	expect(in_sections(&f, f.secrets, PAGE_SIZE) && in_sections(&f, f.cpuid, PAGE_SIZE));
	expect(in_sections(&f, f.calling_area, PAGE_SIZE));
	expect(f.memory_map == 0 || in_sections(&f, f.memory_map, f.memory_map_bytes));
	expect(f.vp_count == 0 || in_sections(&f, f.vp_count, sizeof(u32)));
	return 0;
}
