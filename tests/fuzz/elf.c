/* SPDX-License-Identifier: MIT */
/* ELF files. What is accepted has segments in order, apart, with their bytes in the file, one of them with the entry point. */
#include <stdlib.h>

#include "elf/elf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct elf_file file;
	struct elf_segment segment;
	const char *what = NULL;
	u32 index = 0;
	u64 end = 0;
	bool entry_found = false;
	if (elf_open(span_of(data, size), &file, &what) != ERR_OK) {
		expect(what != NULL);
		return 0;
	}
	while (elf_next_segment(&file, &index, &segment)) {
		expect(segment.virtual_address >= end && segment.memory_size > 0);
		expect(segment.memory_size <= UINT64_MAX - segment.virtual_address);
		expect(segment.data.n <= segment.memory_size);
		expect(segment.data.n == 0 ||
		       (segment.data.p >= data && segment.data.p + segment.data.n <= data + size));
		end = segment.virtual_address + segment.memory_size;
		entry_found = entry_found || (file.entry >= segment.virtual_address && file.entry < end);
	}
	expect(entry_found);
	return 0;
}
