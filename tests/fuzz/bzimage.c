/* SPDX-License-Identifier: MIT */
/* Linux kernels. What is accepted lies in the file and wants memory below 4 GiB. */
#include <stdlib.h>

#include "igvm/input/bzimage.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static bool in_file(struct span part, const u8 *data, size_t size)
{
	return part.n > 0 && part.p >= data && part.p + part.n <= data + size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bzimage image;
	const char *what = NULL;
	if (bzimage_open(span_of(data, size), &image, &what) != ERR_OK) {
		expect(what != NULL);
		return 0;
	}
	expect(in_file(image.setup_header, data, size) && in_file(image.kernel, data, size));
	expect(BZIMAGE_HEADER_OFFSET + image.setup_header.n <= PAGE_SIZE);
	expect(image.kernel.n > BZIMAGE_ENTRY_OFFSET && image.kernel.n <= image.memory_size);
	expect(image.load_address + image.memory_size <= UINT32_MAX && image.load_address % PAGE_SIZE == 0);
	return 0;
}
