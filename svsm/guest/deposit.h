/* SPDX-License-Identifier: MIT */
/*
 * Memory that the guest has deposited with the SVSM (58019, sections 6.5 and 6.6): out of the guest's reach until it withdraws it. The page-state
 * table says which pages these are, so there is no list that could fill up.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"
#include "guest/budget.h"

/*
 * Takes a private page of the guest's. Its rights are gone afterwards; accept_flush must follow before the guest is answered.
 * ERR_INPUT, ERR_BUSY; ERR_RANGE (not private, part of it); ERR_HARDWARE (*code: RMP_FAIL_*), ERR_LOST: the page is the guest's
 * as before.
 */
err_t deposit_take(gpa_t page, enum page_size size, u32 *code);

/*
 * Gives a page of 4 KiB back, cleared, also out of a larger one. One that the host has taken away is lost to the guest, and passed over. ERR_NOT_FOUND (nothing is deposited),
 * ERR_INCOMPLETE (none found for what is left of the budget).
 */
err_t deposit_return(gpa_t *returned, struct budget *budget);

/* 4 KiB pages that can be withdrawn. */
u64 deposit_pages(void);
