/* SPDX-License-Identifier: MIT */
#include "show/open.h"

#include <stdio.h>

#include "host/file.h"
#include "host/hash.h"
#include "host/report.h"

bool show_open(const char *path, struct igvm_file *file)
{
	struct span bytes;
	struct igvm_error error;
	if (!file_read(path, "IGVM file", &bytes)) {
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

enum err show_measure(const struct igvm_file *file, enum igvm_zero_pages zero_pages, u8 digest[LAUNCH_DIGEST_SIZE])
{
	u32 mask;
	enum err error = igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP, &mask);
	if (error != ERR_OK) {
		return error;
	}
	return igvm_measure_snp(file, mask, zero_pages, &host_hash, digest);
}

void show_digest(const u8 digest[LAUNCH_DIGEST_SIZE])
{
	for (size_t i = 0; i < LAUNCH_DIGEST_SIZE; i++) {
		printf("%02x", digest[i]);
	}
}
