/* SPDX-License-Identifier: MIT */
/*
 * The guest's physical memory. Guest-physical equals machine-physical, but for the window below 4 GiB
 * [MEMORY_WINDOW_START, 4 GiB) and the ROM area [0xC0000, 1 MiB), which are backed by RAM of the machine's own, and for that
 * RAM itself (top of low memory), which the guest does not have. In the ROM area Linux looks for tables, privately.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

#define MEMORY_WINDOW_START 0xFF000000ULL /* firmware and SVSM: backed by hidden RAM */
#define MEMORY_WINDOW_SIZE 0x1000000ULL
#define MEMORY_HOLE_START 0xA0000ULL /* video memory: no RAM */
#define MEMORY_HOLE_END 0xC0000ULL

struct memory_range {
	u64 start;
	u64 size;
};

/* RAM of the guest, sorted, without the window: what the host's memory map tells it. Never NULL. */
const struct memory_range *memory_ranges(u32 *count);

/* True when every page of [start, start + size) is RAM of the guest or of the window. */
bool memory_is_ram(gpa_t start, u64 size);

/*
 * The machine's pointer to a device register, uncached; NULL when a byte of [start, start + size) is RAM of the guest's or
 * of the machine's, or lies above what the processor addresses. size <= 8 and does not cross a page.
 */
volatile void *memory_device(gpa_t start, u64 size);

/*
 * To be held around every access to a device register, and around writes that may move devices (PCI configuration). QEMU up to 8.1
 * loses its way when one CPU uses a register while another one moves a device (its commit 0d58c660689f): the access reaches some
 * other device. A CPU that takes the lock has been told of the move.
 */
void memory_device_lock(void);
void memory_device_unlock(void);

/* Position of the C-bit in guest-physical addresses, and its mask. */
u32 memory_cbit(void);
u64 memory_cbit_mask(void);
