/* SPDX-License-Identifier: MIT */
/* The little of QEMU's fw_cfg that is needed before the machine has memory of its own. Port access, byte by byte. */
#pragma once

#include "base/err.h"

/* Finds a file by name. ERR_NOT_FOUND. */
err_t fw_cfg_find(const char *name, u16 *selector, u32 *size);

/* Reads the first n bytes of an item. */
void fw_cfg_read(u16 selector, void *to, size_t n);
