/* SPDX-License-Identifier: MIT */
/*
 * Guest-physical memory as a program reaches it: itself, because its map is the identity. The same programs also run on the host
 * against platform/fake, and there it is the fake's (tests/unit/calls).
 */
#pragma once

#include <copra/types.h>

/* Guest-physical address to pointer. */
volatile void *memory_at(u64 address);

/* Private pages of the program's own to try things on. */
#define MEMORY_TEST_PAGES 64U
u64 memory_test_pages(void);
