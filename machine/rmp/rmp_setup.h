/* SPDX-License-Identifier: MIT */
/* The part of rmp/ that only the processor's side needs. */
#pragma once

#include "rmp/rmp.h"

/* Makes the table, all pages shared. ERR_NO_MEMORY. */
err_t rmp_setup(void);

/*
 * VMRUN's mark on the VMSA page that it runs: nobody changes the entry until it is released. False, and nothing is marked, when the
 * page cannot be run.
 */
bool rmp_vmsa_take(gpa_t page);
void rmp_vmsa_release(gpa_t page);
