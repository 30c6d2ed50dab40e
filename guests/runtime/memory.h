/* SPDX-License-Identifier: MIT */
/*
 * Guest-physical memory as a program reaches it: itself, because its map is the identity. The same programs also run on the host
 * against platform/fake, and there it is the fake's (tests/unit/calls).
 */
#pragma once

#include <copra/types.h>

/* Guest-physical address to pointer. */
volatile void *memory_at(u64 address);

/*
 * A word of a page that the SVSM may have at that moment. Where the processor does not permit the access, it is tried until it does: that is
 * for hosts that do not end the virtual machine instead.
 */
u64 memory_load(u64 address);
void memory_store(u64 address, u64 value);

/* Private pages of the program's own to try things on. */
#define MEMORY_TEST_PAGES 64U
u64 memory_test_pages(void);
