/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/align.h"
#include "base/range.h"
#include "build/kernel_tables.h"
#include "build/parts.h"
#include "build/service.h"
#include "elf/elf.h"
#include "host/file.h"
#include "host/report.h"

/* The fixed pages below the kernel's image, from base */
enum place {
	PLACE_LAYOUT = 0x0000,
	PLACE_CPUID = 0x1000,
	PLACE_SECRETS = 0x2000,
	PLACE_MEMORY_MAP = 0x3000,
	PLACE_HOST_INFO = 0x4000,
	PLACE_TABLES = 0x5000, /* if they fit below the image, else behind it */
};

static u64 gpa_of(const struct boot_layout *layout, u64 virtual_address)
{
	return virtual_address - layout->virtual_base + layout->base;
}

static bool check_segment(const struct boot_layout *layout, const struct elf_segment *s, const char *path)
{
	unsigned long long at = s->virtual_address;
	u64 room = layout->size - BOOT_IMAGE_OFFSET;
	if (!is_aligned(s->virtual_address, PAGE_SIZE)) {
		return report("kernel image %s: the segment at 0x%llx does not start with a page", path, at);
	}
	if (!range_within(s->virtual_address, s->memory_size, layout->virtual_base + BOOT_IMAGE_OFFSET, room)) {
		return report(
			"kernel image %s: the segment at 0x%llx (0x%llx bytes) does not fit in the SVSM's memory: "
			"it is linked for another address, or --size is too small",
			path, at, (unsigned long long)s->memory_size);
	}
	if ((s->rights & (ELF_WRITE | ELF_EXECUTE)) == (ELF_WRITE | ELF_EXECUTE)) {
		return report("kernel image %s: the segment at 0x%llx is both writable and executable", path, at);
	}
	return true;
}

static void add_segment(struct image *image, const struct elf_segment *s, u64 end)
{
	u64 gpa = gpa_of(&image->layout, s->virtual_address);
	u64 data_end = align_down(gpa + s->data.n + PAGE_SIZE - 1, PAGE_SIZE);
	image_add_bytes(image, gpa, s->data);
	image_add_zeros(image, data_end, end - data_end);
}

/* Enters all segments; *end is the first free page behind them. */
static bool add_segments(struct image *image, const struct elf_file *elf, const char *path, u64 *end)
{
	struct elf_segment segment;
	u32 index = 0;
	*end = image->layout.base + BOOT_IMAGE_OFFSET;
	while (elf_next_segment(elf, &index, &segment)) {
		if (!check_segment(&image->layout, &segment, path)) {
			return false;
		}
		u64 gpa = gpa_of(&image->layout, segment.virtual_address);
		if (gpa < *end) {
			return report("kernel image %s: two segments share the page at 0x%llx", path,
				      (unsigned long long)segment.virtual_address);
		}
		*end = align_down(gpa + segment.memory_size + PAGE_SIZE - 1, PAGE_SIZE);
		add_segment(image, &segment, *end);
	}
	return true;
}

static void place_fixed_pages(struct image *image, const struct build_options *options, u64 size)
{
	struct boot_layout *layout = &image->layout;
	u64 base = options->base;
	layout->magic = BOOT_MAGIC;
	layout->version = BOOT_VERSION;
	layout->flags = options->debug ? BOOT_FLAG_DEBUG : 0;
	layout->base = base;
	layout->size = size;
	layout->virtual_base = BOOT_VIRTUAL_BASE;
	layout->window_base = BOOT_WINDOW_BASE;
	layout->cpuid = base + PLACE_CPUID;
	layout->secrets = base + PLACE_SECRETS;
	layout->memory_map = base + PLACE_MEMORY_MAP;
	layout->memory_map_bytes = PAGE_SIZE;
	layout->host_info = base + PLACE_HOST_INFO;
	layout->serial_port = options->serial_port;
	layout->max_vcpus = options->cpus;
	/* Nobody fills these two in an ordinary VM: they are empty. */
	bool snp = image->platform == IGVM_PLATFORM_SEV_SNP;
	image_add_special(image, layout->cpuid, snp ? IGVM_PAGE_CPUID : IGVM_PAGE_NORMAL);
	image_add_special(image, layout->secrets, snp ? IGVM_PAGE_SECRETS : IGVM_PAGE_NORMAL);
}

/* Bytes of the page tables when they do not fit below the image, else 0. */
static u64 tables_behind(u64 size)
{
	u64 bytes = (u64)kernel_tables_pages(size) * PAGE_SIZE;
	return PLACE_TABLES + bytes <= BOOT_IMAGE_OFFSET ? 0 : bytes;
}

/* What the SVSM may take of its heap (copra/boot.h). */
static u64 heap_needed(u32 cpus, bool services)
{
	return BOOT_HEAP_SIZE + (u64)(cpus - 1) * BOOT_CPU_SIZE + (services ? BOOT_SERVICES_SIZE : 0);
}

/* Page tables go below the image when they fit there; what is left behind the last of both is the heap. */
static bool place_tables_and_heap(struct image *image, u64 image_end)
{
	struct boot_layout *layout = &image->layout;
	u64 behind = tables_behind(layout->size);
	u64 end = layout->base + layout->size;
	u64 needed = heap_needed(layout->max_vcpus, layout->service != 0);
	layout->page_tables = behind == 0 ? layout->base + PLACE_TABLES : image_end;
	layout->heap = image_end + behind;
	if (layout->heap > end || end - layout->heap < needed) {
		return report(
			"%llu KiB of heap are needed for CPUs and services, the image leaves %llu: --size 0x%llx is too small",
			(unsigned long long)needed >> 10,
			(unsigned long long)(layout->heap > end ? 0 : end - layout->heap) >> 10,
			(unsigned long long)layout->size);
	}
	layout->heap_size = end - layout->heap;
	return true;
}

static bool add_kernel(struct image *image, const struct elf_file *elf, const char *path, struct span service)
{
	u64 image_end;
	struct boot_layout *layout = &image->layout;
	if (!add_segments(image, elf, path, &image_end)) {
		return false;
	}
	layout->entry = gpa_of(layout, elf->entry);
	if (service.n > 0 && !service_add(image, service, &image_end)) {
		return false;
	}
	if (!place_tables_and_heap(image, image_end)) {
		return false;
	}
	enum err error = kernel_tables_build(image, elf);
	return error == ERR_OK || report("kernel image %s: cannot make its page tables: %s", path, err_name(error));
}

/* Bytes from the SVSM's base to the end of the kernel's image; segments that lie elsewhere are refused later. */
static u64 kernel_bytes(const struct elf_file *elf)
{
	struct elf_segment s;
	u32 index = 0;
	u64 end = BOOT_IMAGE_OFFSET;
	while (elf_next_segment(elf, &index, &s)) {
		if (range_within(s.virtual_address, s.memory_size, BOOT_VIRTUAL_BASE, BOOT_MAX_SIZE)) {
			u64 segment_end = s.virtual_address + s.memory_size - BOOT_VIRTUAL_BASE;
			end = segment_end > end ? segment_end : end;
		}
	}
	return end;
}

/* The least that holds all parts. `parts`: bytes of those whose size does not follow from it. */
static u64 size_needed(u64 parts)
{
	u64 size = BOOT_DEFAULT_SIZE;
	while (size <= BOOT_MAX_SIZE && parts + tables_behind(size) > size) {
		size += LARGE_PAGE_SIZE;
	}
	return size;
}

/* The size of the SVSM's memory: what was asked for, or what its parts need. */
static bool choose_size(const struct build_options *options, const struct elf_file *elf, struct span service, u64 *size)
{
	u64 parts = kernel_bytes(elf) + service.n + 2 * PAGE_SIZE + heap_needed(options->cpus, service.n > 0);
	*size = options->size != 0 ? options->size : size_needed(parts);
	return range_within(options->base, *size, 0, 1ULL << 32) && *size <= BOOT_MAX_SIZE
		       ? true
		       : report("the SVSM needs 0x%llx bytes of memory: more than 16 MiB, or beyond 4 GiB",
				(unsigned long long)*size);
}

bool build_kernel(struct image *image, const struct build_options *options)
{
	struct span bytes;
	struct span service = {0};
	struct elf_file elf;
	const char *what;
	u64 size;
	if (!file_read(options->kernel_image, "kernel image", &bytes)) {
		return false;
	}
	if (elf_open(bytes, &elf, &what) != ERR_OK) {
		return report("kernel image %s: %s", options->kernel_image, what);
	}
	if (options->service != NULL && !service_read(options->service, &service)) {
		return false;
	}
	if (!choose_size(options, &elf, service, &size)) {
		return false;
	}
	place_fixed_pages(image, options, size);
	return add_kernel(image, &elf, options->kernel_image, service);
}
