/* SPDX-License-Identifier: MIT */
/* Self-tests of what only a processor shows. */
#pragma once

#include <copra/boot.h>

#include "selftest/selftest.h"

/* Rights in the page tables, guard pages, exceptions that are handled. layout: the image's. */
void selftest_traps(const struct boot_layout *layout);
/* The CPUID table, control registers, random numbers, per-CPU data. */
void selftest_processor(void);
/* Frames of the heap (mm/frames.h), to the last one. */
void selftest_frames(void);
/* Into ring 3 and back: registers, segments, stacks. */
void selftest_user(void);
/* A window that is closed shows nothing. Uses SELFTEST_BLOCK_WINDOWS after selftest_windows. */
void selftest_closed_window(const struct selftest_ground *ground);
