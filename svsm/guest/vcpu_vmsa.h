/* SPDX-License-Identifier: MIT */
/*
 * The steps by which a page of the guest's becomes a VMSA and stops to be one. The page is the caller's: claimed (guest/page_state.h), or
 * of a vCPU that the caller has. All return ERR_LOST when the host has taken it away, and ERR_HARDWARE with RMP_FAIL_* in *code.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/* ERR_INPUT: VMPL, EFER.SVME or SEV_FEATURES are not what a vCPU of the guest's must have. For pages that the guest cannot write. */
err_t vmsa_check(gpa_t page);
/* Takes the guest's rights away, then as vmsa_check. */
err_t vmsa_close(gpa_t page, u32 *code);
/* Sets the VMSA bit. From here on the host may run it. */
err_t vmsa_mark(gpa_t page, u32 *code);
/* All rights for the guest, and no VMSA bit. One that may run is to be stopped before. */
err_t vmsa_open(gpa_t page, u32 *code);

/* It cannot run any more. Where another CPU runs it this very moment, this waits until that one has left. */
err_t vmsa_stop(gpa_t page);
/* It can. */
err_t vmsa_go_on(gpa_t page);
