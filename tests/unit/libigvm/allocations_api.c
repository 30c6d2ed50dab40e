/* SPDX-License-Identifier: MIT */
#include "allocations.h"

#include <igvm/igvm.h>

static void use_headers(IgvmHandle file, IgvmHeaderSection section)
{
	int32_t count = igvm_header_count(file, section);
	for (uint32_t i = 0; i < (uint32_t)count; i++) {
		IgvmHandle header = igvm_get_header(file, section, i);
		IgvmHandle data = igvm_get_header_data(file, section, i);
		igvm_free_buffer(file, header);
		if (data > 0) {
			igvm_free_buffer(file, data);
		}
	}
}

int api_use(const uint8_t *bytes, size_t n)
{
	IgvmHandle file = igvm_new_from_binary(bytes, (uint32_t)n);
	if (file < 0) {
		return 0;
	}
	for (IgvmHeaderSection section = 0; section <= IGVM_HEADER_SECTION_DIRECTIVE; section++) {
		use_headers(file, section);
	}
	igvm_free(file);
	return 1;
}

void api_churn(const uint8_t *bytes, size_t n, unsigned times)
{
	for (unsigned i = 0; i < times; i++) {
		IgvmHandle file = igvm_new_from_binary(bytes, (uint32_t)n);
		(void)igvm_get_header(file, IGVM_HEADER_SECTION_PLATFORM, 0);
		igvm_free(file);
	}
}
