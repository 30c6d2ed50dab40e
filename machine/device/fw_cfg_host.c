/* SPDX-License-Identifier: MIT */
#include "device/fw_cfg_host.h"

#include "base/mem.h"
#include "device/fw_cfg_dma.h"
#include "mm/own_memory.h"
#include "x86/instructions.h"
#include "x86/lock.h"

#define FW_CFG_SIGNATURE 0x0000U
#define FW_CFG_ID 0x0001U
#define FW_CFG_ID_DMA (1U << 1)

static struct lock fw_cfg_lock;
static volatile struct fw_cfg_dma fw_cfg_dma aligned_to(16);

/* One DMA operation; all numbers are big endian. The device works while the second half of the address is written. */
static enum err fw_cfg_dma_run(u32 control, u32 length, u64 address)
{
	u64 descriptor = memory_own_physical((const void *)(uintptr_t)&fw_cfg_dma);
	fw_cfg_dma.length = __builtin_bswap32(length);
	fw_cfg_dma.address = __builtin_bswap64(address);
	fw_cfg_dma.control = __builtin_bswap32(control);
	port_out32(FW_CFG_PORT_DMA, __builtin_bswap32((u32)(descriptor >> 32)));
	port_out32(FW_CFG_PORT_DMA + 4, __builtin_bswap32((u32)descriptor));
	u32 left = __builtin_bswap32(fw_cfg_dma.control);
	while ((left & ~FW_CFG_DMA_ERROR) != 0) {
		cpu_pause();
		left = __builtin_bswap32(fw_cfg_dma.control);
	}
	return left == 0 ? ERR_OK : ERR_HARDWARE;
}

static enum err fw_cfg_transfer(u16 key, u32 offset, u32 operation, u64 address, u32 n)
{
	lock_take(&fw_cfg_lock);
	enum err error =
		fw_cfg_dma_run((u32)key << FW_CFG_DMA_KEY_SHIFT | FW_CFG_DMA_SELECT | FW_CFG_DMA_SKIP, offset, 0);
	if (error == ERR_OK) {
		error = fw_cfg_dma_run(operation, n, address);
	}
	lock_release(&fw_cfg_lock);
	return error;
}

enum err fw_cfg_host_read(u16 key, u32 offset, void *to, u32 n)
{
	return fw_cfg_transfer(key, offset, FW_CFG_DMA_READ, memory_own_physical(to), n);
}

enum err fw_cfg_host_write(u16 key, u32 offset, const void *from, u32 n)
{
	return fw_cfg_transfer(key, offset, FW_CFG_DMA_WRITE, memory_own_physical(from), n);
}

enum err fw_cfg_host_start(void)
{
	static const u8 signature[4] = {'Q', 'E', 'M', 'U'};
	port_out16(FW_CFG_PORT_SELECT, FW_CFG_SIGNATURE);
	for (size_t i = 0; i < sizeof(signature); i++) {
		if (port_in8(FW_CFG_PORT_DATA) != signature[i]) {
			return ERR_HARDWARE;
		}
	}
	port_out16(FW_CFG_PORT_SELECT, FW_CFG_ID);
	return (port_in8(FW_CFG_PORT_DATA) & FW_CFG_ID_DMA) != 0 ? ERR_OK : ERR_HARDWARE;
}

static bool file_name_equal(const struct fw_cfg_file *file, const char *name)
{
	for (size_t i = 0; i < FW_CFG_FILE_NAME_SIZE; i++) {
		if (file->name[i] != name[i]) {
			return false;
		}
		if (name[i] == '\0') {
			return true;
		}
	}
	return false;
}

enum err fw_cfg_host_find(const char *name, u16 *key, u32 *size)
{
	static struct fw_cfg_file file;
	static u32 count_big_endian;
	enum err error = fw_cfg_host_read(FW_CFG_FILE_DIRECTORY, 0, &count_big_endian, sizeof(count_big_endian));
	u32 count = __builtin_bswap32(count_big_endian);
	for (u32 i = 0; error == ERR_OK && i < count; i++) {
		error = fw_cfg_host_read(FW_CFG_FILE_DIRECTORY, (u32)(sizeof(u32) + i * sizeof(file)), &file,
					 (u32)sizeof(file));
		if (error == ERR_OK && file_name_equal(&file, name)) {
			*key = __builtin_bswap16(file.key);
			*size = __builtin_bswap32(file.size);
			return ERR_OK;
		}
	}
	return error != ERR_OK ? error : ERR_NOT_FOUND;
}
