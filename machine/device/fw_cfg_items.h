/* SPDX-License-Identifier: MIT */
/* The content of the guest's fw_cfg items, by key. */
#pragma once

#include "base/span.h"

enum fw_cfg_kind {
	FW_CFG_EMPTY, /* hidden, or never there */
	FW_CFG_BYTES, /* the machine's own content */
	FW_CFG_QEMU,  /* QEMU's, under the same key */
};

struct fw_cfg_item {
	enum fw_cfg_kind kind;
	struct span bytes;
};

/* The first call makes the replaced items. */
struct fw_cfg_item fw_cfg_item_find(u16 key);
