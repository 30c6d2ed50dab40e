/* SPDX-License-Identifier: MIT */
/*
 * The self-tests: what the kernel does, done in place and looked at. Those below need only the contract of platform.h and run on
 * the host as well (tests/unit/svsm_selftest.c); traps.h and ground.h need a processor.
 */
#pragma once

#include "base/addr.h"

/* Guest memory to try things on: aligned to 2 MiB, all of it shared, and nothing above it is tried. */
struct selftest_ground {
	gpa_t start;
	gpa_t own; /* a page of the SVSM's own */
};
#define SELFTEST_GROUND_SIZE (8 * LARGE_PAGE_SIZE)

/* Each uses blocks of the ground of its own. */
void selftest_windows(const struct selftest_ground *ground);
void selftest_pages(const struct selftest_ground *ground);
void selftest_calls(const struct selftest_ground *ground);

/* Blocks of the ground, 2 MiB each */
enum selftest_block {
	SELFTEST_BLOCK_WINDOWS = 0,
	SELFTEST_BLOCK_WINDOWS_LARGE,
	SELFTEST_BLOCK_PAGES,
	SELFTEST_BLOCK_PAGES_LARGE,
	SELFTEST_BLOCK_CALLS,
	SELFTEST_BLOCK_CALLS_LARGE,
};
static inline gpa_t selftest_block(const struct selftest_ground *ground, enum selftest_block block)
{
	return gpa(ground->start.raw + (u64)block * LARGE_PAGE_SIZE);
}
