/* SPDX-License-Identifier: MIT */
#include "build/service.h"

#include "base/align.h"
#include "base/range.h"
#include "elf/elf.h"
#include "host/file.h"
#include "host/report.h"

static bool check_segment(const char *path, const struct elf_file *elf, const struct elf_segment *s)
{
	unsigned long long at = s->virtual_address;
	u64 offset = (u64)(s->data.p - elf->bytes.p);
	if ((s->rights & (ELF_WRITE | ELF_EXECUTE)) == (ELF_WRITE | ELF_EXECUTE)) {
		return report("service %s: the segment at 0x%llx is both writable and executable", path, at);
	}
	if ((s->rights & ELF_WRITE) == 0 &&
	    (offset % PAGE_SIZE != s->virtual_address % PAGE_SIZE || s->memory_size != s->data.n)) {
		return report("service %s: the segment at 0x%llx cannot be mapped from the file", path, at);
	}
	return true;
}

bool service_read(const char *path, struct span *file)
{
	struct elf_file elf;
	struct elf_segment segment;
	u32 index = 0;
	const char *what;
	if (!file_read(path, "service", file)) {
		return false;
	}
	if (elf_open(*file, &elf, &what) != ERR_OK) {
		return report("service %s: %s", path, what);
	}
	while (elf_next_segment(&elf, &index, &segment)) {
		if (!check_segment(path, &elf, &segment)) {
			return false;
		}
	}
	return true;
}

bool service_add(struct image *image, struct span file, u64 *end)
{
	struct boot_layout *layout = &image->layout;
	u64 bytes = align_down(file.n + PAGE_SIZE - 1, PAGE_SIZE);
	if (!range_within(*end, bytes, layout->base, layout->size)) {
		return report("the service (%zu bytes) does not fit in the SVSM's memory: --size 0x%llx is too small",
			      file.n, (unsigned long long)layout->size);
	}
	layout->service = *end;
	layout->service_bytes = file.n;
	image_add_bytes(image, *end, file);
	*end += bytes;
	return true;
}
