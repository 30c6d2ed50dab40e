/* SPDX-License-Identifier: MIT */
/*
 * The guest's port accesses: QEMU's devices, less the ports that are the machine's, with fw_cfg and CMOS corrected, and
 * with an eye on what ends QEMU.
 */
#pragma once

#include "cpu/vcpu.h"

/* size 1, 2 or 4 */
u32 port_read(struct vcpu *vcpu, u16 port, u32 size);
void port_write(struct vcpu *vcpu, u16 port, u32 size, u32 value);
