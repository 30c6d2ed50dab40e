/* SPDX-License-Identifier: MIT */
/* Page-state change, GHCB (56421) sections 2.3.1 (MSR 0x014) and 4.1.6 (NAE 0x80000010). */
#pragma once

#include "ghcb/request.h"

/* SW_EXITINFO2 of a failed page-state change */
#define PSC_ERROR_HEADER (1ULL << 32 | 1)
#define PSC_ERROR_ENTRY (1ULL << 32 | 2)
#define PSC_ERROR_GENERIC (0x100ULL << 32)

/* NAE: works through the buffer, some of it at a time; the guest calls again while cur_entry <= end_entry. */
void page_state_nae(struct ghcb_request *request);

/* MSR: one 4 KiB page. */
err_t page_state_msr(struct vcpu *vcpu, u64 page, u32 op);
