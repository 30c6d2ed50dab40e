/* SPDX-License-Identifier: MIT */
#include "show/open.h"

#include <stdio.h>

#include "host/file.h"
#include "host/report.h"
#include "show/names.h"

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

bool show_find_platform(const char *path, const struct igvm_file *file, u8 platform, u32 *mask)
{
	char others[128] = "";
	size_t used = 0;
	if (igvm_platform_mask(file, platform, mask) == ERR_OK) {
		return true;
	}
	for (u8 other = 0; other <= IGVM_PLATFORM_CCA; other++) {
		if (igvm_platform_mask(file, other, mask) == ERR_OK) {
			int n = snprintf(others + used, sizeof(others) - used, "%s%s", used > 0 ? ", " : "",
					 name_of_platform(other));
			used += (size_t)n;
		}
	}
	return report("%s: the file is not for %s, but for %s", path, name_of_platform(platform), others);
}

enum err show_find_policy(const char *path, const struct igvm_file *file, u32 mask, u64 *policy)
{
	enum err error = igvm_guest_policy(file, mask, policy);
	if (error == ERR_EXISTS) {
		(void)report("%s: the file has two different guest policies for one platform", path);
	}
	return error;
}

void show_digest(const u8 *digest, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		printf("%02x", digest[i]);
	}
}
