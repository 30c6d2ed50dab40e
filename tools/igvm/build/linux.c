/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "base/align.h"
#include "build/acpi.h"
#include "build/guest_places.h"
#include "build/parts.h"
#include "host/file.h"
#include "host/report.h"
#include "input/bzimage.h"

/* Fields of boot_params (Documentation/arch/x86/zero-page.rst, boot.rst) */
enum field {
	AT_ACPI_RSDP = 0x070,
	AT_VIDEO_MODE = 0x1FA,
	AT_LOADER_TYPE = 0x210,
	AT_CODE32_START = 0x214,
	AT_INITRD = 0x218,
	AT_INITRD_SIZE = 0x21C,
	AT_COMMAND_LINE = 0x228,
	AT_SETUP_DATA = 0x250,
};

#define LOADER_UNDEFINED 0xFFU
#define VIDEO_NORMAL 0xFFFFU
#define SETUP_CC_BLOB 7U
#define CC_BLOB_MAGIC 0x45444D41U /* "AMDE" */
#define CC_BLOB_VERSION 1U

/* struct setup_data with a CC blob's address, and the blob (Linux, arch/x86/include/asm/sev.h) */
struct cc_setup_data {
	u64 next;
	u32 type;
	u32 length;
	u32 blob_address;
	u32 unused_014;
};
LAYOUT_SIZE(struct cc_setup_data, 24);

struct cc_blob {
	u32 magic;
	u16 version;
	u16 reserved_06;
	u64 secrets;
	u32 secrets_length;
	u32 reserved_14;
	u64 cpuid;
	u32 cpuid_length;
	u32 reserved_24;
};
LAYOUT_SIZE(struct cc_blob, 40);

struct linux_guest {
	struct bzimage kernel;
	struct span initrd;
	u64 initrd_address;
	u64 rsdp;
};

static void put(u8 *page, enum field at, u64 value, size_t n)
{
	memcpy(page + at, &value, n);
}

static void add_boot_params(struct image *image, const struct linux_guest *guest)
{
	u8 *page = allocate(PAGE_SIZE);
	const struct span *header = &guest->kernel.setup_header;
	memcpy(page + BZIMAGE_HEADER_OFFSET, header->p, header->n);
	put(page, AT_ACPI_RSDP, guest->rsdp, sizeof(u64));
	put(page, AT_VIDEO_MODE, VIDEO_NORMAL, sizeof(u16));
	put(page, AT_LOADER_TYPE, LOADER_UNDEFINED, sizeof(u8));
	put(page, AT_CODE32_START, guest->kernel.load_address, sizeof(u32));
	put(page, AT_INITRD, guest->initrd_address, sizeof(u32));
	put(page, AT_INITRD_SIZE, guest->initrd.n, sizeof(u32));
	put(page, AT_COMMAND_LINE, PLACE_COMMAND_LINE, sizeof(u32));
	put(page, AT_SETUP_DATA, PLACE_SETUP_DATA, sizeof(u64));
	image_add_bytes(image, PLACE_BOOT_PARAMS, span_of(page, PAGE_SIZE));
}

static void add_setup_data(struct image *image)
{
	u8 *page = allocate(PAGE_SIZE);
	const struct cc_setup_data data = {
		.type = SETUP_CC_BLOB,
		.length = sizeof(data.blob_address),
		.blob_address = (u32)(PLACE_SETUP_DATA + sizeof(data)),
	};
	const struct cc_blob blob = {
		.magic = CC_BLOB_MAGIC,
		.version = CC_BLOB_VERSION,
		.secrets = PLACE_GUEST_SECRETS,
		.secrets_length = PAGE_SIZE,
		.cpuid = PLACE_GUEST_CPUID,
		.cpuid_length = PAGE_SIZE,
	};
	memcpy(page, &data, sizeof(data));
	memcpy(page + sizeof(data), &blob, sizeof(blob));
	image_add_bytes(image, PLACE_SETUP_DATA, span_of(page, PAGE_SIZE));
}

static bool add_command_line(struct image *image, const struct linux_guest *guest, const char *text)
{
	size_t n = strlen(text);
	u32 most = guest->kernel.command_line_max;
	most = most == 0 || most >= PAGE_SIZE ? PAGE_SIZE - 1 : most;
	if (n > most) {
		return report("--append: %zu characters are more than the kernel takes (%u)", n, most);
	}
	u8 *page = allocate(PAGE_SIZE);
	memcpy(page, text, n);
	image_add_bytes(image, PLACE_COMMAND_LINE, span_of(page, PAGE_SIZE));
	return build_loaded_range(image, PLACE_BOOT_PARAMS, PLACE_COMMAND_LINE + PAGE_SIZE - PLACE_BOOT_PARAMS,
				  E820_RAM, "boot parameters");
}

static bool add_acpi(struct image *image, struct linux_guest *guest, u32 cpus)
{
	size_t room = PLACE_ACPI_END - PLACE_ACPI;
	u8 *tables = allocate(room);
	size_t n;
	enum err error = acpi_build(&(struct acpi_request){.address = PLACE_ACPI, .cpus = cpus}, tables, room, &n);
	if (error != ERR_OK) {
		return report("cannot make the ACPI tables: %s", err_name(error));
	}
	guest->rsdp = PLACE_ACPI;
	image_add_bytes(image, PLACE_ACPI, span_of(tables, n));
	return build_loaded_range(image, PLACE_ACPI, n, E820_ACPI, "ACPI tables");
}

static bool add_kernel(struct image *image, const struct linux_guest *guest, const struct build_options *options)
{
	const struct bzimage *kernel = &guest->kernel;
	u64 end = kernel->load_address + kernel->memory_size;
	if (end > options->memory_minimum) {
		return report("kernel %s: it needs memory up to 0x%llx: raise --memory-minimum", options->linux_image,
			      (unsigned long long)end);
	}
	if (kernel->load_address < PLACE_GUEST_STACK_END) {
		return report("kernel %s: it wants to lie at 0x%llx, below 16 MiB", options->linux_image,
			      (unsigned long long)kernel->load_address);
	}
	image_add_bytes(image, kernel->load_address, kernel->kernel);
	return build_loaded_range(image, kernel->load_address, kernel->kernel.n, E820_RAM, "kernel");
}

/* As high as the promised memory allows, out of the way of the kernel's own choice of place. */
static bool add_initrd(struct image *image, struct linux_guest *guest, const struct build_options *options)
{
	u64 low = guest->kernel.load_address + guest->kernel.memory_size;
	u64 high = options->memory_minimum;
	if (options->initrd == NULL) {
		return true;
	}
	if (!file_read(options->initrd, "initrd", &guest->initrd)) {
		return false;
	}
	if (high > guest->kernel.initrd_last) {
		high = align_down(guest->kernel.initrd_last, PAGE_SIZE);
	}
	if (guest->initrd.n > high || align_down(high - guest->initrd.n, PAGE_SIZE) < low) {
		return report("initrd %s: %zu bytes do not fit between the kernel and 0x%llx: raise --memory-minimum",
			      options->initrd, guest->initrd.n, (unsigned long long)high);
	}
	if (guest->initrd.n == 0) {
		return true;
	}
	guest->initrd_address = align_down(high - guest->initrd.n, PAGE_SIZE);
	image_add_bytes(image, guest->initrd_address, guest->initrd);
	return build_loaded_range(image, guest->initrd_address, guest->initrd.n, E820_RAM, "initrd");
}

static bool open_kernel(const char *path, struct bzimage *kernel)
{
	struct span bytes;
	const char *what;
	if (!file_read(path, "kernel", &bytes)) {
		return false;
	}
	return bzimage_open(bytes, kernel, &what) == ERR_OK || report("kernel %s: %s", path, what);
}

bool build_linux(struct image *image, const struct build_options *options)
{
	struct linux_guest guest = {0};
	if (!open_kernel(options->linux_image, &guest.kernel) || !add_kernel(image, &guest, options) ||
	    !add_initrd(image, &guest, options) || !build_guest_pages(image) ||
	    !add_acpi(image, &guest, options->cpus) ||
	    !add_command_line(image, &guest, options->append == NULL ? "" : options->append)) {
		return false;
	}
	add_boot_params(image, &guest);
	add_setup_data(image);
	image->layout.guest.kind = BOOT_GUEST_LINUX;
	image->layout.guest.entry = guest.kernel.load_address + BZIMAGE_ENTRY_OFFSET;
	return true;
}
