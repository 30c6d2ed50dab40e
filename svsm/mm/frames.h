/* SPDX-License-Identifier: MIT */
/* Page frames of the heap: the part of the SVSM's own memory that the image does not use. */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/*
 * Makes [start, start + bytes) of the SVSM's own memory private and validates and zeroes it, then hands it to the allocator.
 * ERR_HOST (the host will not change the pages' state), ERR_HARDWARE (PVALIDATE fails or finds a page validated already).
 */
err_t frames_init(gpa_t start, u64 bytes);

/* `pages` contiguous zeroed pages. ERR_NO_MEMORY leaves *out as it was. */
err_t frames_take(u32 pages, void **out);
/* Gives them back; they are zeroed here. Those that the host has taken away are never given out again. */
void frames_return(void *first, u32 pages);

u64 frames_free_bytes(void);
