/* SPDX-License-Identifier: MIT */
/* Eight MiB of guest RAM from address 0 for the RMP's tests, in place of machine/mm, and nested tables that nobody walks. */
#pragma once

#include "base/addr.h"

#define RMP_TEST_RAM 0x800000ULL

/* Forgets all that was allocated; the content is zero. */
void rmp_memory_reset(void);

u8 *rmp_memory_bytes(gpa_t page);
