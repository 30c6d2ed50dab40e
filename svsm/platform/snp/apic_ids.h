/* SPDX-License-Identifier: MIT */
/* The APIC ID list, NAE 0x80000017 (56421, section 4.1). */
#pragma once

#include "base/err.h"

/*
 * Asks for the IDs of `count` CPUs. page: shared (platform/snp/shared_page.h), lent for the answer and zeroed afterwards.
 * ERR_UNSUPPORTED when the host does not offer the list, ERR_HOST when it refuses, or lists another number of CPUs.
 */
err_t apic_ids_ask(void *page, u32 *apic_ids, u32 count);
