/* SPDX-License-Identifier: MIT */
/*
 * Processors' contexts in a file that is good apart from them: the input is the platform's type, the processor's number,
 * and the context's data, which ends with the file.
 */
#include <stdlib.h>
#include <string.h>

#include "igvm/context.h"
#include "igvm/write.h"
#include "igvm_seal.h"

#define MASK 0x1U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void put(struct igvm_writer *w, u8 platform, u16 vp_index, struct span state)
{
	const struct igvm_vhs_relocatable_region region = {
		.compatibility_mask = MASK,
		.relocation_alignment = PAGE_SIZE,
		.relocation_region_size = PAGE_SIZE,
		.maximum_relocation_gpa = 0x10000,
	};
	struct igvm_vhs_vp_context context = {.compatibility_mask = MASK, .vp_index = vp_index};
	igvm_write_platform(w, MASK, platform);
	if (platform == IGVM_PLATFORM_VSM_ISOLATION) {
		igvm_write_header(w, IGVM_VHT_RELOCATABLE_REGION, &region, sizeof(region));
	}
	context.file_offset = igvm_write_data(w, state);
	igvm_write_vp_context(w, &context);
}

static void use(struct span file)
{
	struct igvm_file opened;
	struct igvm_error error;
	struct igvm_iterator iterator;
	struct igvm_header header;
	if (igvm_open(file, &opened, &error) != ERR_OK) {
		expect(error.what != NULL && error.flaw != IGVM_FLAW_NONE);
		return;
	}
	iterator = igvm_headers(&opened);
	while (igvm_next(&iterator, &header)) {
		struct igvm_vbs_register entry;
		struct span list;
		if (header.type != IGVM_VHT_VP_CONTEXT || !igvm_header_data(&opened, &header, &list)) {
			continue;
		}
		expect(list.p + list.n <= file.p + file.n);
		for (u32 i = 0; i < igvm_vbs_count(list); i++) {
			(void)igvm_vbs_register(list, i, &entry);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct igvm_writer w;
	struct span file;
	if (size < 3 || data[0] > IGVM_PLATFORM_CCA) {
		return 0;
	}
	struct span state = span_of(data + 3, size - 3);
	u16 vp_index = (u16)(data[1] | data[2] << 8);
	bool arm = data[0] == IGVM_PLATFORM_CCA;
	igvm_write_begin(&w, NULL, 0, 0);
	put(&w, data[0], vp_index, state);
	size_t room = igvm_write_size(&w) + sizeof(struct igvm_fixed_header_v2);
	u8 *out = malloc(room);
	if (out == NULL) {
		return 0;
	}
	igvm_write_begin(&w, out, room, w.header_bytes);
	if (arm) {
		igvm_write_version_2(&w, IGVM_ARCHITECTURE_AARCH64);
	}
	put(&w, data[0], vp_index, state);
	if (igvm_write_end(&w, &file) == ERR_OK) {
		use(file);
		size_t cut = file.n - (PAGE_SIZE - state.n % PAGE_SIZE) % PAGE_SIZE;
		igvm_seal(out, cut); /* without the zeros behind the data */
		use(span_of(out, cut));
	}
	free(out);
	return 0;
}
