/* SPDX-License-Identifier: MIT */
/*
 * What the guest's VMPL may do with a page that is mapped in a window. The masks of the other two are left alone: nothing runs
 * there, because a VMSA needs the VMSA bit, which only VMPL0 sets (APM volume 3, RMPADJUST), and it does for the guest's VMPL
 * only; those of the launch are measured.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/* The guest's VMPL, from the measured layout page. To be called before anything else in guest/. ERR_INPUT unless 1 to 3. */
err_t rights_init(u32 guest_vmpl);
u32 rights_guest_vmpl(void);

/* Return RMP_SUCCESS, the RMP_FAIL_* of RMPADJUST or PLATFORM_PAGE_LOST. All clear the page's VMSA bit, rights_make_vmsa sets it. */
u32 rights_grant(void *window, enum page_size size);  /* read, write, execute */
u32 rights_revoke(void *window, enum page_size size); /* nothing */
u32 rights_make_vmsa(void *window);                   /* a VMSA page, read-only */
