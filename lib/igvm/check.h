/* SPDX-License-Identifier: MIT */
/* The rules for one variable header, given those before it. */
#pragma once

#include "igvm/layout.h"

struct igvm_check_area {
	u32 index;
	u64 bytes;
	bool inserted;
};

/* What the headers so far have said; starts as zeros with file set. */
struct igvm_check {
	const struct igvm_file *file;
	u32 section;         /* 0 platform, 1 initialization, 2 directive */
	u32 platform_masks;  /* all bits that a platform has claimed */
	u32 platform_types;  /* bit n: platform type n is there */
	u32 no_context_mask; /* bits of platforms whose processors start without a context (TDX) */
	u32 vsm_mask;        /* bits of platforms whose context is a list of registers */
	u32 area_count;
	struct igvm_check_area areas[IGVM_MAX_PARAMETER_AREAS];
};

/*
 * Checks the header and takes note of it. *what says why not, in words that follow "IGVM header 3 at 0x78:".
 * ERR_INPUT, ERR_RANGE, ERR_TRUNCATED, ERR_UNSUPPORTED, ERR_EXISTS, ERR_NOT_FOUND.
 */
err_t igvm_check_header(struct igvm_check *check, const struct igvm_header *header, const char **what);
