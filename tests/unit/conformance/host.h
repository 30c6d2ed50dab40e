/* SPDX-License-Identifier: MIT */
/* A program of guests/ on platform/fake. */
#pragma once

#include "base/compiler.h"
#include "platform/platform.h"

#define HOST_MIB (1ULL << 20)
#define HOST_RAM_END (128 * HOST_MIB)
#define HOST_SVSM_BASE 0xFF000000ULL
#define HOST_SVSM_SIZE (2 * HOST_MIB)
#define HOST_CALLING_AREA 0x800000ULL
#define HOST_TEST_PAGES 0x1000000ULL
#define HOST_SHARED_PAGE 0x1100000ULL
#define HOST_GUEST_VMPL 2U
#define HOST_CPUS 10U /* GUEST_CPUS that run, and two that nobody runs */

/* This thread becomes the first CPU. */
void host_start(void);

/* Called when the program has powered off; its results are out. */
void host_finished(void);
