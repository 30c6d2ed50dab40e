/* SPDX-License-Identifier: MIT */
#include "input/bzimage.h"

#include "base/align.h"

#define SECTOR 512U
#define DEFAULT_SETUP_SECTORS 4U
#define BOOT_FLAG 0xAA55U
#define MAGIC 0x53726448U    /* "HdrS" */
#define VERSION_2_12 0x020CU /* the first with xloadflags */
#define LOADED_HIGH 0x01U
#define XLF_KERNEL_64 0x0001U

/* Fields of the setup header, by their offset in the file */
enum field {
	AT_SETUP_SECTORS = 0x1F1,
	AT_BOOT_FLAG = 0x1FE,
	AT_JUMP_OFFSET = 0x201,
	AT_MAGIC = 0x202,
	AT_VERSION = 0x206,
	AT_LOAD_FLAGS = 0x211,
	AT_INITRD_MAX = 0x22C,
	AT_ALIGNMENT = 0x230,
	AT_XLOAD_FLAGS = 0x236,
	AT_COMMAND_LINE_MAX = 0x238,
	AT_PREFERRED_ADDRESS = 0x258,
	AT_INIT_SIZE = 0x260,
	AT_END_2_12 = 0x268,
};

static enum err refuse(enum err error, const char *text, const char **what)
{
	*what = text;
	return error;
}

static u64 get(struct span bytes, enum field at, size_t n)
{
	u64 value = 0;
	for (size_t i = n; i > 0; i--) {
		value = value << 8 | bytes.p[at + i - 1];
	}
	return value;
}

static enum err check_header(struct span bytes, const char **what)
{
	if (bytes.n < AT_END_2_12) {
		return refuse(ERR_TRUNCATED, "it is shorter than a bzImage's header", what);
	}
	if (get(bytes, AT_BOOT_FLAG, 2) != BOOT_FLAG || get(bytes, AT_MAGIC, 4) != MAGIC) {
		return refuse(ERR_INPUT, "it is not a bzImage", what);
	}
	if (get(bytes, AT_VERSION, 2) < VERSION_2_12) {
		return refuse(ERR_UNSUPPORTED, "its boot protocol is older than 2.12", what);
	}
	if ((get(bytes, AT_XLOAD_FLAGS, 2) & XLF_KERNEL_64) == 0) {
		return refuse(ERR_UNSUPPORTED, "it has no 64-bit entry point", what);
	}
	if ((get(bytes, AT_LOAD_FLAGS, 1) & LOADED_HIGH) == 0) {
		return refuse(ERR_UNSUPPORTED, "it is not loaded high (a zImage)", what);
	}
	return ERR_OK;
}

static enum err find_parts(struct span bytes, struct bzimage *image, const char **what)
{
	u64 sectors = get(bytes, AT_SETUP_SECTORS, 1);
	u64 setup = ((sectors == 0 ? DEFAULT_SETUP_SECTORS : sectors) + 1) * SECTOR;
	u64 header_end = AT_MAGIC + get(bytes, AT_JUMP_OFFSET, 1);
	if (header_end < AT_END_2_12 || header_end > setup) {
		return refuse(ERR_INPUT, "its setup header has a wrong length", what);
	}
	if (bytes.n <= setup + BZIMAGE_ENTRY_OFFSET) {
		return refuse(ERR_TRUNCATED, "its protected-mode part is missing", what);
	}
	image->setup_header = span_of(bytes.p + BZIMAGE_HEADER_OFFSET, (size_t)(header_end - BZIMAGE_HEADER_OFFSET));
	image->kernel = span_of(bytes.p + setup, (size_t)(bytes.n - setup));
	return ERR_OK;
}

static enum err check_place(struct span bytes, const struct bzimage *image, const char **what)
{
	u64 alignment = get(bytes, AT_ALIGNMENT, 4);
	if (alignment < PAGE_SIZE || (alignment & (alignment - 1)) != 0) {
		return refuse(ERR_INPUT, "its alignment is not a power of two of at least 4096", what);
	}
	if (!is_aligned(image->load_address, alignment)) {
		return refuse(ERR_INPUT, "its preferred address is not aligned as it asks itself", what);
	}
	if (image->kernel.n > image->memory_size) {
		return refuse(ERR_INPUT, "it is larger than the memory that it asks for", what);
	}
	if (image->load_address > UINT32_MAX || image->memory_size > UINT32_MAX - image->load_address) {
		return refuse(ERR_RANGE, "it wants to lie above 4 GiB", what);
	}
	return ERR_OK;
}

enum err bzimage_open(struct span bytes, struct bzimage *image, const char **what)
{
	const char *unwanted;
	const char **why = what == NULL ? &unwanted : what;
	struct bzimage opened;
	enum err error = check_header(bytes, why);
	if (error == ERR_OK) {
		error = find_parts(bytes, &opened, why);
	}
	if (error != ERR_OK) {
		return error;
	}
	opened.load_address = get(bytes, AT_PREFERRED_ADDRESS, 8);
	opened.memory_size = get(bytes, AT_INIT_SIZE, 4);
	opened.initrd_last = get(bytes, AT_INITRD_MAX, 4);
	opened.command_line_max = (u32)get(bytes, AT_COMMAND_LINE_MAX, 4);
	error = check_place(bytes, &opened, why);
	if (error == ERR_OK) {
		*image = opened;
	}
	return error;
}
