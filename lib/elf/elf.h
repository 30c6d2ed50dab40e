/* SPDX-License-Identifier: MIT */
/*
 * Reads static x86-64 ELF executables (System V ABI, chapter 5; processor supplement): loadable segments only. Allocates
 * nothing; spans point into the caller's bytes.
 */
#pragma once

#include "base/span.h"

#define ELF_EXECUTE 0x1U
#define ELF_WRITE 0x2U
#define ELF_READ 0x4U

struct elf_file {
	struct span bytes;
	struct span program_headers;
	u64 entry; /* virtual; lies in an executable segment */
	u32 program_header_count;
};

struct elf_segment {
	u64 virtual_address;
	u64 memory_size;  /* not 0; bytes beyond data.n are zeros */
	struct span data; /* at most memory_size bytes */
	u32 rights;       /* ELF_* */
};

/*
 * Checks the file header and all loadable segments: within the file, ascending, apart, not wrapping. *what (may be NULL)
 * says why not. ERR_INPUT, ERR_TRUNCATED, ERR_RANGE; ERR_UNSUPPORTED for another machine, class or a dynamic program.
 */
err_t elf_open(struct span bytes, struct elf_file *file, const char **what);

/*
 * The next loadable segment; *index starts at 0 and belongs to the iteration. False at the end. On a file that elf_open
 * accepted it cannot fail.
 */
bool elf_next_segment(const struct elf_file *file, u32 *index, struct elf_segment *segment);
