/* SPDX-License-Identifier: MIT */
/*
 * Copies from and to guest memory by guest-physical address. Every page is checked first (private or calling area), then each
 * byte is touched exactly once. No pointer into guest memory ever leaves this file.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/*
 * ERR_RANGE (not the guest's private memory, wraps), ERR_BUSY (a page's state is being changed): nothing is copied. ERR_LOST
 * (the host has taken a page away): the bytes before it may have been copied.
 * n may be 0 and may span pages.
 */
err_t guest_read(gpa_t from, void *to, size_t n);
err_t guest_write(gpa_t to, const void *from, size_t n);

/* Whether guest_write of n bytes would be refused now; errors as there, ERR_LOST excepted. */
err_t guest_write_check(gpa_t to, size_t n);
