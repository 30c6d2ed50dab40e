/* SPDX-License-Identifier: MIT */
/* QEMU docs/specs/fw_cfg: selector register 0x510, data register 0x511, file directory big-endian. */
#include "boot/fw_cfg.h"

#include "x86/instructions.h"

#define PORT_SELECTOR 0x510
#define PORT_DATA 0x511
#define ITEM_DIRECTORY 0x19
#define NAME_SIZE 56U
#define MAX_FILES 1024U

struct directory_entry {
	u32 size;
	u16 selector;
	u16 reserved;
	char name[NAME_SIZE];
};
LAYOUT_SIZE(struct directory_entry, 64);

static void data_read(void *to, size_t n)
{
	u8 *bytes = to;
	for (size_t i = 0; i < n; i++) {
		bytes[i] = port_in8(PORT_DATA);
	}
}

static bool name_equal(const char *name, const char *file)
{
	for (u32 i = 0; i < NAME_SIZE; i++) {
		if (name[i] != file[i]) {
			return false;
		}
		if (name[i] == 0) {
			return true;
		}
	}
	return false;
}

enum err fw_cfg_find(const char *name, u16 *selector, u32 *size)
{
	u32 count;
	fw_cfg_read(ITEM_DIRECTORY, &count, sizeof(count));
	count = __builtin_bswap32(count);
	for (u32 i = 0; i < count && i < MAX_FILES; i++) {
		struct directory_entry entry;
		data_read(&entry, sizeof(entry));
		if (name_equal(name, entry.name)) {
			*selector = __builtin_bswap16(entry.selector);
			*size = __builtin_bswap32(entry.size);
			return ERR_OK;
		}
	}
	return ERR_NOT_FOUND;
}

void fw_cfg_read(u16 selector, void *to, size_t n)
{
	port_out16(PORT_SELECTOR, selector);
	data_read(to, n);
}
