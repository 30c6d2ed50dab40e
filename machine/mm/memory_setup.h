/* SPDX-License-Identifier: MIT */
/* The part of mm/ that only boot and the processor's side need. */
#pragma once

#include "boot/memory_map.h"
#include "mm/memory.h"

/* Once, in machine_main. From then on memory.h is valid. */
void memory_setup(const struct memory_plan *plan);

/* Where a page of guest RAM really lies: other than its address for the window. The page must be RAM. */
u64 memory_physical(gpa_t address);

/* Bytes of own RAM that are left. */
u64 memory_own_left(void);
