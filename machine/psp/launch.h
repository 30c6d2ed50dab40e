/* SPDX-License-Identifier: MIT */
/* The launch commands of the PSP: SEV-SNP Firmware ABI (56860), SNP_LAUNCH_START, _UPDATE, _FINISH; digest: 8.17.2. */
#pragma once

#include <copra/psp.h>

#include "base/addr.h"
#include "base/err.h"

/* ERR_INPUT: the guest policy has a reserved bit, lacks the bit that must be one, or asks for a newer ABI. */
err_t psp_launch_start(u64 policy);

/*
 * Measures the page as it lies in memory, as PAGE_TYPE_*, at the guest-physical address `measured` (that of the page
 * but for host-made VMSAs), and makes it Guest-Valid for VMPL0. Errors of rmp_launch.
 */
err_t psp_launch_update(gpa_t page, u8 page_type, u64 measured);

/* The digest so far. */
void psp_launch_digest(u8 digest[LAUNCH_DIGEST_SIZE]);

/* Fills a secrets page with fresh keys. ERR_HARDWARE: the processor's random numbers failed. */
err_t psp_secrets_fill(struct secrets_page *page);
