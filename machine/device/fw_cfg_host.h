/* SPDX-License-Identifier: MIT */
/* QEMU's own fw_cfg device, as the machine uses it: by DMA into RAM of its own. QEMU documentation, fw_cfg. */
#pragma once

#include "base/err.h"
#include "base/span.h"

#define FW_CFG_PORT_SELECT 0x510U
#define FW_CFG_PORT_DATA 0x511U
#define FW_CFG_PORT_DMA 0x514U

#define FW_CFG_FILE_DIRECTORY 0x0019U
#define FW_CFG_FILE_NAME_SIZE 56U

/* An entry of the file directory, numbers big endian */
struct fw_cfg_file {
	u32 size;
	u16 key;
	u16 reserved;
	char name[FW_CFG_FILE_NAME_SIZE];
};
LAYOUT_SIZE(struct fw_cfg_file, 64);

/* Says whether the device is there and does DMA: ERR_HARDWARE. */
err_t fw_cfg_host_start(void);

/* Copies n bytes at offset of an item into RAM of the machine's own; what lies past the item's end reads as zero. */
err_t fw_cfg_host_read(u16 key, u32 offset, void *to, u32 n);
/* The opposite, for files that firmware may write. */
err_t fw_cfg_host_write(u16 key, u32 offset, const void *from, u32 n);

/* Finds a file by its whole name: ERR_NOT_FOUND. */
err_t fw_cfg_host_find(const char *name, u16 *key, u32 *size);
