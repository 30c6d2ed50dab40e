/* SPDX-License-Identifier: MIT */
/* The part of rmp/ that only the processor's side needs. */
#pragma once

#include "rmp/rmp.h"

/* Makes the table, all pages shared. ERR_NO_MEMORY. */
err_t rmp_setup(void);

/* VMRUN's mark on the VMSA page that it runs. */
void rmp_set_in_use(gpa_t page, bool in_use);
