/* SPDX-License-Identifier: MIT */
/*
 * What VMPLs 1 to 3 may do with a page that is mapped in a window. All three masks are set every time: it is not specified what
 * PVALIDATE leaves in them.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/* The guest's VMPL, from the measured layout page. To be called before anything else in guest/. ERR_INPUT unless 1 to 3. */
err_t rights_init(u32 guest_vmpl);
u32 rights_guest_vmpl(void);

/* Return RMP_SUCCESS or the first RMP_FAIL_* of RMPADJUST. All clear the page's VMSA bit, rights_make_vmsa sets it. */
u32 rights_grant(void *window, enum page_size size); /* read, write, execute for the guest's VMPL, nothing for others */
u32 rights_revoke(void *window, enum page_size size); /* nothing for anybody */
u32 rights_make_vmsa(void *window);                   /* a VMSA page, read-only for the guest's VMPL */
