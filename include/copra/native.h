/* SPDX-License-Identifier: MIT */
/*
 * How the SVSM's native image, which runs in an ordinary virtual machine, ends: it writes one of these to QEMU's debug exit port
 * (isa-debug-exit, I/O port 0xF4, 32 bits), and QEMU's exit status is value * 2 + 1.
 */
#pragma once

#define NATIVE_EXIT_PORT 0xF4
#define NATIVE_EXIT_PASSED 0x10 /* every self-test passed: status 33 */
#define NATIVE_EXIT_FAILED 0x11 /* some did not: status 35 */
/* The kernel gave up: plus the termination reason (svsm/platform/platform.h), which is below 64: status 65 and above. */
#define NATIVE_EXIT_TERMINATED 0x20
