/* SPDX-License-Identifier: MIT */
#include "show/open.h"

#include <stdio.h>

#include "host/file.h"
#include "host/report.h"

bool show_load(const char *path, struct span *bytes)
{
	struct igvm_fixed_header fixed;
	if (!file_map(path, "IGVM file", bytes)) {
		return false;
	}
	if (span_copy(*bytes, 0, &fixed, sizeof(fixed)) == ERR_OK) {
		file_keep(*bytes, (size_t)fixed.variable_header_offset + fixed.variable_header_size);
	}
	return true;
}

bool show_open(const char *path, struct igvm_file *file)
{
	struct span bytes;
	struct igvm_error error;
	if (!show_load(path, &bytes)) {
		return false;
	}
	if (igvm_open(bytes, file, &error) == ERR_OK) {
		return true;
	}
	unsigned long long at = error.offset;
	if (error.header == UINT32_MAX) {
		return report("%s: at 0x%llx: %s", path, at, error.what);
	}
	return report("%s: header %u at 0x%llx: %s", path, error.header, at, error.what);
}

void show_digest(const u8 *digest, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("%02x", digest[i]);
	}
}
