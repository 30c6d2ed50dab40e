/* SPDX-License-Identifier: MIT */
/* Page state change, NAE 0x80000010 (56421, section 4.1.6). */
#include <copra/ghcb.h>

#include "base/align.h"
#include "platform/platform.h"
#include "platform/snp/ghcb.h"

#define LARGE_PAGE_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
#define STALL_LIMIT 1000U /* exits without progress until the host counts as refusing */

struct page_run {
	u64 start; /* bytes */
	u64 pages; /* 4 KiB */
	u64 operation;
};

/* How many 4 KiB pages the next entry takes: a 2 MiB page where one fits. */
static u64 entry_pages(const struct page_run *run)
{
	return is_aligned(run->start, LARGE_PAGE_SIZE) && run->pages >= LARGE_PAGE_PAGES ? LARGE_PAGE_PAGES : 1;
}

static void run_advance(struct page_run *run)
{
	u64 pages = entry_pages(run);
	run->start += pages * PAGE_SIZE;
	run->pages -= pages;
}

/* Writes as many entries as the run has and the buffer holds; returns their number. */
static u32 batch_write(struct page_run run)
{
	volatile u64 *entries = (volatile u64 *)(ghcb_buffer() + sizeof(struct psc_header));
	u32 n = 0;
	for (; n < PSC_MAX_ENTRIES && run.pages > 0; n++) {
		u64 large = entry_pages(&run) > 1 ? PSC_ENTRY_LARGE : 0;
		entries[n] = run.start | run.operation << PSC_ENTRY_OP_SHIFT | large;
		run_advance(&run);
	}
	struct psc_header header = {.current_entry = 0, .end_entry = (u16)(n - 1)};
	ghcb_buffer_write(&header, sizeof(header));
	return n;
}

/* Entries that the host says it has done; more than there were is nonsense. */
static err_t batch_run(u32 entries, u32 *done)
{
	struct ghcb_call call = {.code = GHCB_NAE_PAGE_STATE_CHANGE, .pass = GHCB_PASS_SCRATCH};
	enum err error = ghcb_exchange(&call);
	if (error != ERR_OK) {
		return error;
	}
	const volatile struct psc_header *header = (const volatile struct psc_header *)ghcb_buffer();
	*done = header->current_entry;
	return call.info2 == 0 && *done <= entries ? ERR_OK : ERR_HOST;
}

err_t platform_page_state(gpa_t start, u64 pages, enum window_view view)
{
	struct page_run run = {
		.start = start.raw,
		.pages = pages,
		.operation = view == WINDOW_PRIVATE ? PSC_OP_PRIVATE : PSC_OP_SHARED,
	};
	u32 stalls = 0;
	while (run.pages > 0) {
		u32 done = 0;
		enum err error = batch_run(batch_write(run), &done);
		if (error != ERR_OK) {
			return error;
		}
		/* The host may stop early and be asked again, but it has to get on. */
		stalls = done == 0 ? stalls + 1 : 0;
		if (stalls > STALL_LIMIT) {
			return ERR_HOST;
		}
		for (u32 i = 0; i < done; i++) {
			run_advance(&run);
		}
	}
	return ERR_OK;
}
