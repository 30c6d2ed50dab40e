/* SPDX-License-Identifier: MIT */
/* A DMA operation of fw_cfg, the machine's own as well as a guest's; numbers big endian. QEMU documentation, fw_cfg. */
#pragma once

#include <copra/types.h>

#define FW_CFG_DMA_ERROR (1U << 0)
#define FW_CFG_DMA_READ (1U << 1)
#define FW_CFG_DMA_SKIP (1U << 2)
#define FW_CFG_DMA_SELECT (1U << 3)
#define FW_CFG_DMA_WRITE (1U << 4)
#define FW_CFG_DMA_KEY_SHIFT 16U

struct fw_cfg_dma {
	u32 control;
	u32 length;
	u64 address;
};
