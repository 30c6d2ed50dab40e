/* SPDX-License-Identifier: MIT */
/* RAM of the machine's own, at the top of low memory, which the guest does not have. */
#pragma once

#include <copra/types.h>

#include "boot/layout.h"

/* Pages of [next, end) are free to be given out; the image lies at image. All are machine-physical. */
void own_memory_setup(u64 image, u64 next, u64 end);

/* Zeroed, page-aligned; NULL when none is left. Never freed. */
void *memory_own_pages(u64 pages);

/* Bytes that are left. */
u64 memory_own_left(void);

/* The machine-physical address of a pointer into its own RAM or image: what a device needs for DMA. */
u64 memory_own_physical(const void *p);

/* The machine's pointer to a physical address, by the direct map. */
static inline void *own_pointer(u64 physical)
{
	return (void *)(DIRECT_VIRTUAL + physical);
}
