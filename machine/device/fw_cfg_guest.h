/* SPDX-License-Identifier: MIT */
/*
 * fw_cfg as the guest sees it: QEMU's, but for the items that would describe the machine instead of the guest (RAM, CPUs,
 * kernel) and the machine's own files. By port and by DMA; DMA reaches shared memory only.
 */
#pragma once

#include "cpu/vcpu.h"

#define FW_CFG_FIRST_PORT 0x510U
#define FW_CFG_LAST_PORT 0x51BU

u32 fw_cfg_guest_read(u16 port, u32 size);
void fw_cfg_guest_write(struct vcpu *vcpu, u16 port, u32 size, u32 value);
