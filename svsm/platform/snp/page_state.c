/* SPDX-License-Identifier: MIT */
/* Page state change, NAE 0x80000010 (56421, section 4.1.6). */
#include <copra/ghcb.h>

#include "base/align.h"
#include "platform/platform.h"
#include "platform/snp/ghcb.h"

#define LARGE_PAGE_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
#define STALL_LIMIT 1000U /* exits that finish no entry until the host counts as refusing; an entry has 512 pages */

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

/* Takes as many entries off the run as the buffer holds; returns their number. */
static u32 batch_write(struct page_run *run)
{
	volatile u64 *entries = (volatile u64 *)(ghcb_buffer() + sizeof(struct psc_header));
	u32 n = 0;
	for (; n < PSC_MAX_ENTRIES && run->pages > 0; n++) {
		u64 large = entry_pages(run) > 1 ? PSC_ENTRY_LARGE : 0;
		entries[n] = run->start | run->operation << PSC_ENTRY_OP_SHIFT | large;
		run_advance(run);
	}
	return n;
}

/* One exit. *done entries are done; the host may do more of them, but neither undo any nor do more than there are. */
static err_t batch_step(u32 entries, u32 *done)
{
	struct psc_header header = {.current_entry = (u16)*done, .end_entry = (u16)(entries - 1)};
	struct ghcb_call call = {.code = GHCB_NAE_PAGE_STATE_CHANGE, .pass = GHCB_PASS_SCRATCH};
	ghcb_buffer_write(&header, sizeof(header));
	enum err error = ghcb_exchange(&call);
	if (error != ERR_OK) {
		return error;
	}
	u32 now = ((const volatile struct psc_header *)ghcb_buffer())->current_entry;
	if (call.info2 != 0 || now < *done || now > entries) {
		return ERR_HOST;
	}
	*done = now;
	return ERR_OK;
}

/*
 * The host may stop early and be asked again, but it has to get on. It may stop within an entry, too: there it has left how far it
 * is, so the entries stay as they are.
 */
static err_t batch_run(u32 entries)
{
	u32 done = 0;
	u32 stalls = 0;
	while (done < entries) {
		u32 before = done;
		enum err error = batch_step(entries, &done);
		if (error != ERR_OK) {
			return error;
		}
		stalls = done == before ? stalls + 1 : 0;
		if (stalls > STALL_LIMIT) {
			return ERR_HOST;
		}
	}
	return ERR_OK;
}

err_t platform_page_state(gpa_t start, u64 pages, enum window_view view)
{
	struct page_run run = {
		.start = start.raw,
		.pages = pages,
		.operation = view == WINDOW_PRIVATE ? PSC_OP_PRIVATE : PSC_OP_SHARED,
	};
	enum err error = ERR_OK;
	while (error == ERR_OK && run.pages > 0) {
		error = batch_run(batch_write(&run));
	}
	return error;
}
