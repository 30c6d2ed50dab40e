/* SPDX-License-Identifier: MIT */
/* IGVM files: as they come, and with a checksum and length that are right. What is accepted can be walked and measured. */
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "igvm/igvm.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

/* Not SHA-384: the point is which bytes are read, not what comes out. */
static void sum(void *context, struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	u32 crc = crc32_add(CRC32_START, data);
	memset(digest, 0, LAUNCH_DIGEST_SIZE);
	memcpy(digest, &crc, sizeof(crc));
}

static void walk(const struct igvm_file *file)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	struct igvm_launch_page page;
	u32 count = 0;
	while (igvm_next(&iterator, &header)) {
		expect(header.index == count && header.offset < file->bytes.n);
		if (igvm_launch_page(file, &header, UINT32_MAX, IGVM_ZERO_NATIVE, &page)) {
			expect(page.gpa % PAGE_SIZE == 0 && (page.data.n == 0 || page.data.n == PAGE_SIZE));
		}
		count++;
	}
	expect(count == file->header_count);
}

static void open_and_measure(const u8 *bytes, size_t n)
{
	const struct igvm_hash hash = {.sha384 = sum};
	struct igvm_error error = {.what = NULL};
	struct igvm_file file;
	u8 digest[LAUNCH_DIGEST_SIZE];
	u32 mask;
	if (igvm_open(span_of(bytes, n), &file, &error) != ERR_OK) {
		expect(error.what != NULL);
		return;
	}
	walk(&file);
	if (igvm_platform_mask(&file, IGVM_PLATFORM_SEV_SNP, &mask) == ERR_OK) {
		expect(igvm_measure_snp(&file, mask, IGVM_ZERO_MEASURED, &hash, digest) == ERR_OK);
	}
}

static void seal(u8 *bytes, size_t n)
{
	struct igvm_fixed_header fixed;
	struct span headers;
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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	open_and_measure(data, size);
	if (size < sizeof(struct igvm_fixed_header)) {
		return 0;
	}
	u8 *copy = malloc(size);
	if (copy == NULL) {
		return 0;
	}
	memcpy(copy, data, size);
	seal(copy, size);
	open_and_measure(copy, size);
	free(copy);
	return 0;
}
