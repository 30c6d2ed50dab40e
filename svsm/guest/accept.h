/* SPDX-License-Identifier: MIT */
/*
 * Validates and rescinds guest pages, with the rights of the guest's VMPL and the page's state in step.
 * Order of the steps: docs/page-states.md.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/*
 * One page that the guest asks for. Errors of page_state_claim (a 2 MiB page that is not uniform is ERR_HARDWARE with
 * RMP_FAIL_SIZE_MISMATCH, as the instruction would say) and:
 * ERR_EXISTS    nothing would change; nothing was done
 * ERR_HOST      the hardware says "no change" where the table knows better: nothing was granted
 * ERR_HARDWARE  *code holds RMP_FAIL_*; the page is in the state it was in, or the guest's no more where it was validated and the
 *               host had that page away when it was to be rescinded again
 * ERR_LOST      the host has taken the page away; as ERR_HARDWARE
 */
err_t accept_validate(gpa_t page, enum page_size size, u32 *code);
/* The rights are gone afterwards; accept_flush must follow before the guest is answered. */
err_t accept_rescind(gpa_t page, enum page_size size, u32 *code);
void accept_flush(void);

/* Clears a page of the SVSM's in an open window, then gives the guest all rights to it. ERR_HARDWARE (*code), ERR_LOST. */
err_t accept_hand_over(void *window, enum page_size size, u32 *code);

/*
 * For boot: makes [start, start + pages * 4 KiB) private with the host, validates it (2 MiB pages where it can), clears it and
 * grants it to the guest. Every page must be shared so far (ERR_STATE). ERR_HOST: the host will not; ERR_HARDWARE: PVALIDATE or
 * RMPADJUST fails, or sees no change; ERR_LOST. What was done before stays done.
 */
err_t accept_range(gpa_t start, u64 pages);
/* For boot: accept_range for every page of the guest's RAM that is shared still (direct boot: nobody else would). */
err_t accept_remaining(void);
/* For boot: grants pages that the launch loaded and validated; their content stays. */
err_t accept_loaded(gpa_t start, u64 pages);
