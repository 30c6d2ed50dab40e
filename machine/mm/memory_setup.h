/* SPDX-License-Identifier: MIT */
/* The part of the guest's memory that only the start and the processor's side need. */
#pragma once

#include "boot/memory_map.h"
#include "mm/memory.h"

/* Once, in machine_main. From then on memory.h is valid. */
void memory_setup(const struct memory_plan *plan);

/* The C-bit as asked for; 0: the best one. ERR_UNSUPPORTED when the processor does not reach so far, with the paging mode it is in. */
err_t memory_cbit_choose(u32 cbit);

#define MEMORY_ROM_START 0xC0000ULL
#define MEMORY_ROM_SIZE 0x40000ULL /* option ROMs and BIOS. Read-only in a PC; RAM here, from the machine's own */

/* Machine-physical addresses of what backs the window and the ROM area. */
extern struct memory_backing {
	u64 window;
	u64 rom;
} memory_backing;

/* Where a byte of guest RAM really lies: other than its address for window and ROM area. It must be RAM. */
static inline u64 memory_physical(gpa_t address)
{
	if (address.raw - MEMORY_WINDOW_START < MEMORY_WINDOW_SIZE) {
		return memory_backing.window + (address.raw - MEMORY_WINDOW_START);
	}
	if (address.raw - MEMORY_ROM_START < MEMORY_ROM_SIZE) {
		return memory_backing.rom + (address.raw - MEMORY_ROM_START);
	}
	return address.raw;
}
