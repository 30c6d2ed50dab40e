/* SPDX-License-Identifier: MIT */
/* What OVMF reads of its IGVM metadata areas instead of asking fw_cfg: memory map and number of CPUs. */
#pragma once

#include <copra/boot.h>

#include "guest/memory_map.h"

/* ERR_NO_MEMORY when the area has no room for all RAM ranges; the errors of guest_write. */
err_t firmware_prepare(const struct boot_guest *guest, const struct memory_map *map, u32 vcpu_count);
