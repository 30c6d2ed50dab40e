/* SPDX-License-Identifier: MIT */
/*
 * What an RMP would say, kept by the SVSM itself: an ordinary virtual machine has none, and PVALIDATE must still tell the first
 * validation of a page from the second. It protects nothing. Pure: runs on the host as well.
 */
#pragma once

#include "base/addr.h"
#include "base/err.h"

#define LEDGER_GUEST_LIMIT (1ULL << 28) /* RAM of the guest's above this has no entry */

/*
 * All pages of the guest's and of [start, start + size), the SVSM's own memory, are shared at first, but `loaded` bytes of its are
 * validated, as the launch leaves them. size: at most BOOT_MAX_SIZE.
 */
void ledger_init(u64 start, u64 size, u64 loaded);

/* The host's part: the pages become assigned, or shared. ERR_RANGE when one of them has no entry; then nothing happens. */
err_t ledger_assign(gpa_t start, u64 pages, bool assigned);

struct ledger_change {
	u32 code; /* as PVALIDATE says it, or PLATFORM_PAGE_LOST for a page that is not assigned */
	bool unchanged;
};
/* PVALIDATE of an aligned page. A 2 MiB page is one when all of its 512 are in one state, else a size mismatch. */
struct ledger_change ledger_validate(gpa_t page, enum page_size size, bool validate);
bool ledger_is_validated(gpa_t page);
