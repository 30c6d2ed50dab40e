/* SPDX-License-Identifier: MIT */
/* Accesses to windows that end instead of trapping when the host has taken the page away (platform/snp/window_access.S). */
#pragma once

#include <copra/types.h>

struct trap_frame;

/* 0, what the instruction said, or PLATFORM_PAGE_LOST (platform/platform.h). */
u32 window_read(void *to, const void *window, u64 bytes);
u32 window_write(void *window, const void *from, u64 bytes);
u32 window_clear(void *window, u64 bytes);
u32 window_and(u64 *word, u64 mask);
u32 window_or(u64 *word, u64 mask);
u32 window_validate(void *window, u32 size, u32 validate, bool *unchanged);
u32 window_permit(void *window, u32 size, u64 attributes);

/*
 * #VC at frame->rip: when it is one of these accesses that met a page of the guest's which is not there, not validated, or no
 * memory, the access returns PLATFORM_PAGE_LOST; so do read, write and clear of the SVSM's own memory by its own address, which
 * are made to what is lent to ring 3. False for all else.
 */
bool window_fault_fix(struct trap_frame *frame);
