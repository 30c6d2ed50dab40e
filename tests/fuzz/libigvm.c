/* SPDX-License-Identifier: MIT */
/* The public C API on hostile files: every header and its data is asked for, and read to its last byte. */
#include <igvm/igvm.h>
#include <stdlib.h>
#include <string.h>

#include "igvm_seal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile uint8_t sink;

static void expect(int condition)
{
	if (!condition) {
		abort();
	}
}

static void read_buffer(IgvmHandle file, IgvmHandle buffer)
{
	const uint8_t *bytes = igvm_get_buffer(file, buffer);
	int32_t n = igvm_get_buffer_size(file, buffer);
	expect(bytes != NULL && n > 0);
	for (int32_t i = 0; i < n; i++) {
		sink = bytes[i];
	}
	igvm_free_buffer(file, buffer);
	expect(igvm_get_buffer(file, buffer) == NULL);
}

static void read_header(IgvmHandle file, IgvmHeaderSection section, uint32_t index)
{
	expect(igvm_get_header_type(file, section, index) > 0);
	IgvmHandle header = igvm_get_header(file, section, index);
	IgvmHandle content = igvm_get_header_data(file, section, index);
	expect(header > 0 && igvm_get_buffer_size(file, header) % 8 == 0);
	read_buffer(file, header);
	if (content > 0) {
		read_buffer(file, content);
	} else {
		expect(content ==
		       (section == IGVM_HEADER_SECTION_PLATFORM ? IGVMAPI_INVALID_PARAMETER : IGVMAPI_NO_DATA));
	}
}

static void use(const uint8_t *data, uint32_t size)
{
	IgvmHandle file = igvm_new_from_binary(data, size);
	if (file < 0) {
		expect(file <= IGVMAPI_NO_PLATFORM_HEADERS && file >= IGVMAPI_MEASUREMENT_FAILED);
		return;
	}
	for (IgvmHeaderSection section = 0; section < 3; section++) {
		int32_t count = igvm_header_count(file, section);
		expect(count >= 0);
		for (uint32_t i = 0; i < (uint32_t)count; i++) {
			read_header(file, section, i);
		}
	}
	igvm_free(file);
	expect(igvm_header_count(file, 0) == IGVMAPI_INVALID_HANDLE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > UINT32_MAX) {
		return 0;
	}
	use(data, (uint32_t)size);
	uint8_t *copy = malloc(size > 0 ? size : 1);
	if (copy == NULL) {
		return 0;
	}
	memcpy(copy, data, size);
	igvm_seal(copy, size);
	use(copy, (uint32_t)size);
	free(copy);
	return 0;
}
