/* SPDX-License-Identifier: MIT */
/*
 * IGVM files: as they come, and with a checksum and length that are right. What is accepted can be walked and
 * measured, and copied byte for byte. */
#include <stdlib.h>
#include <string.h>

#include "base/crc32.h"
#include "igvm/measure.h"
#include "igvm/write.h"
#include "igvm_seal.h"

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
	u32 mask = 0;
	(void)!igvm_platform_mask(file, IGVM_PLATFORM_SEV_SNP, &mask);
	while (igvm_next(&iterator, &header)) {
		expect(header.index == count && header.offset < file->bytes.n);
		if (igvm_launch_page(file, &header, mask, IGVM_ZERO_NATIVE, &page)) {
			expect(page.gpa % PAGE_SIZE == 0 && (page.data.n == 0 || page.data.n == PAGE_SIZE));
		}
		count++;
	}
	expect(count == file->header_count);
}

/* Of some bytes only: VBS hashes copies, page by page, and a header can name a great many. */
static void sum_256(void *context, struct span data, u8 digest[IGVM_SHA256_SIZE])
{
	u32 crc = crc32_add(CRC32_START, span_of(data.p, 64 < data.n ? 64 : data.n));
	memcpy(digest, &crc, sizeof(crc));
}

static void sum_stream(void *context, struct span data)
{
	u32 *crc = context;
	*crc = crc32_add(*crc, data);
}

static void put_copy(struct igvm_writer *w, const struct igvm_file *file)
{
	struct igvm_iterator iterator = igvm_headers(file);
	struct igvm_header header;
	while (igvm_next(&iterator, &header)) {
		struct span data;
		if (igvm_header_data(file, &header, &data)) {
			expect(data.p >= file->bytes.p + file->data_start &&
			       data.p + data.n <= file->bytes.p + file->bytes.n);
		}
		igvm_copy_header(w, file, &header);
	}
	igvm_copy_data(w, file);
}

static void copy(const struct igvm_file *file)
{
	struct igvm_writer w;
	struct span out;
	u8 *room = malloc(file->bytes.n);
	if (room == NULL) {
		return;
	}
	igvm_copy_begin(&w, file, NULL, 0, 0);
	put_copy(&w, file);
	igvm_copy_begin(&w, file, room, file->bytes.n, w.header_bytes);
	put_copy(&w, file);
	expect(igvm_write_end(&w, &out) == ERR_OK && span_equal(out, file->bytes));
	free(room);
}

static void measure_others(const struct igvm_file *file, const struct igvm_hash *hash)
{
	u8 digest[IGVM_SHA256_SIZE];
	u32 crc = CRC32_START;
	u32 mask;
	const struct igvm_stream stream = {.add = sum_stream, .context = &crc};
	const struct igvm_processors processors = {.count = 0};
	if (igvm_platform_mask(file, IGVM_PLATFORM_TDX, &mask) == ERR_OK) {
		igvm_measure_tdx(file, mask, &stream);
	}
	if (igvm_platform_mask(file, IGVM_PLATFORM_SEV_ES, &mask) == ERR_OK) {
		igvm_measure_sev(file, mask, &processors, &stream);
	}
	if (igvm_platform_mask(file, IGVM_PLATFORM_VSM_ISOLATION, &mask) == ERR_OK) {
		(void)!igvm_measure_vbs(file, mask, hash, digest);
	}
}

static void open_and_measure(const u8 *bytes, size_t n)
{
	const struct igvm_hash hash = {.sha384 = sum, .sha256 = sum_256};
	struct igvm_error error = {.what = NULL};
	struct igvm_file file;
	u8 digest[LAUNCH_DIGEST_SIZE];
	u32 mask;
	if (igvm_open(span_of(bytes, n), &file, &error) != ERR_OK) {
		expect(error.what != NULL);
		return;
	}
	walk(&file);
	copy(&file);
	measure_others(&file, &hash);
	if (igvm_platform_mask(&file, IGVM_PLATFORM_SEV_SNP, &mask) == ERR_OK) {
		expect(igvm_measure_snp(&file, mask, IGVM_ZERO_MEASURED, &hash, digest) == ERR_OK);
	}
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
	igvm_seal(copy, size);
	open_and_measure(copy, size);
	free(copy);
	return 0;
}
