/* SPDX-License-Identifier: MIT */
#include "igvm_seal.h"

#include <copra/igvm_defs.h>

#include <string.h>

#include "base/crc32.h"

void igvm_seal(uint8_t *bytes, size_t n)
{
	struct igvm_fixed_header fixed;
	struct span headers;
	if (n < sizeof(fixed)) {
		return;
	}
	memcpy(&fixed, bytes, sizeof(fixed));
	size_t size = fixed.format_version == IGVM_FORMAT_V2 ? sizeof(struct igvm_fixed_header_v2) : sizeof(fixed);
	if (n < size || span_slice(span_of(bytes, n), fixed.variable_header_offset, fixed.variable_header_size,
				   &headers) != ERR_OK) {
		return;
	}
	fixed.magic = IGVM_MAGIC;
	fixed.total_file_size = (u32)n;
	fixed.checksum = 0;
	memcpy(bytes, &fixed, sizeof(fixed));
	fixed.checksum = crc32_add(crc32_add(CRC32_START, span_of(bytes, size)), headers);
	memcpy(bytes, &fixed, sizeof(fixed));
}
