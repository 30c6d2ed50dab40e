/* SPDX-License-Identifier: MIT */
/* Puts an executable into an address space: what is not writable is shared with the file itself, the rest is copied. */
#pragma once

#include "base/span.h"
#include "mm/space.h"

/* Where things are in a process. The executable lies where it was linked, below LOADER_MMAP_START; brk memory follows it. */
#define LOADER_MMAP_START 0x20000000ULL
#define LOADER_STACK_END 0x3FFF0000ULL
#define LOADER_STACK_PAGES 32U

struct loaded {
	u64 entry;
	u64 headers; /* where ring 3 sees the program headers; 0 when no segment holds them */
	u32 header_count;
	u64 end; /* first page behind the executable */
};

/*
 * file: an ELF file in whole pages of the SVSM's own memory, zeros behind its end. The stack is mapped as well. ERR_NO_MEMORY; ERR_INPUT,
 * ERR_RANGE (one that needs more memory than the space may have, too), ERR_TRUNCATED, ERR_UNSUPPORTED, ERR_EXISTS for a file that cannot
 * be loaded. On an error the space is good for space_end only.
 */
err_t loader_load(struct space *space, struct span file, struct loaded *loaded);
