/* SPDX-License-Identifier: MIT */
/*
 * Reads a bzImage by the Linux/x86 boot protocol (Documentation/arch/x86/boot.rst in the kernel's source). Allocates
 * nothing; spans point into the caller's bytes.
 */
#pragma once

#include "base/span.h"

#define BZIMAGE_HEADER_OFFSET 0x1F1U /* of the setup header, in the file and in boot_params alike */
#define BZIMAGE_ENTRY_OFFSET 0x200U  /* of the 64-bit entry point, from the load address */

struct bzimage {
	struct span setup_header; /* as it goes to BZIMAGE_HEADER_OFFSET of boot_params */
	struct span kernel;       /* the protected-mode part */
	u64 load_address;         /* where it wants to lie */
	u64 memory_size;          /* what it needs from there until it has its own memory management */
	u64 initrd_last;          /* highest address that the initrd may take */
	u32 command_line_max;     /* without the terminating zero */
};

/* *what (may be NULL) says why not. ERR_INPUT, ERR_TRUNCATED, ERR_UNSUPPORTED, ERR_RANGE. */
err_t bzimage_open(struct span bytes, struct bzimage *image, const char **what);
