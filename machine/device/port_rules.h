/* SPDX-License-Identifier: MIT */
/*
 * Which port accesses a guest must not make on QEMU's devices, because they reach the machine beneath it: the machine's own ports,
 * SMIs (which would run the guest's memory as the machine's code), the A20 gate (which cuts the machine's addresses), and
 * VMware's port (which writes the machine's registers). Pure.
 */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

#define PORT_SMI_ENABLE 0x30U /* from the base of the power-management registers */

/* Reads as ones, and writes go nowhere. port + size - 1 may exceed 0xFFFF. */
bool port_is_hidden(u32 vmpl, u16 port, u32 size);

/* True when the access touches [first, last] but does not lie inside: no device is to see a part of it. */
bool port_straddles(u16 port, u32 size, u16 first, u16 last);

/* What the last commands to the keyboard controller announce. */
struct port_state {
	bool output_port_next;
};

/* False: must not be performed. May change *value to what may be. pm_base: of the power-management registers. */
bool port_write_permitted(struct port_state *state, u16 pm_base, u16 port, u32 size, u32 *value);

/* A permitted write after which the chipset resets the machine. */
bool port_write_resets(u16 port, u32 value);
