/* SPDX-License-Identifier: MIT */
/* A small guest with two vCPUs for the fuzzer of core calls, and what must hold of its pages at any time. */
#pragma once

#include "platform/fake/fake.h"

#define GUEST_VMPL 2U
#define GUEST_RAM_BYTES 0x800000ULL /* 8 MiB at 0 */
#define GUEST_BLOCK 0x200000ULL
#define SVSM_BASE 0xC00000ULL /* 2 MiB, inside a hole */
#define SVSM_VMSA 0xC01000ULL
#define FIRST_AREA 0x201000ULL

void guest_setup(void);
/* Ends the program when a page's state, RMP entry and rights do not belong together. */
void guest_agrees(void);
void expect(bool condition);
