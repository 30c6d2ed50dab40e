/* SPDX-License-Identifier: MIT */
#include "guest/accept.h"

#include "base/align.h"
#include "guest/page_state.h"
#include "guest/rights.h"
#include "platform/platform.h"

#define LARGE_PAGE_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
#define ACCEPT_STRETCH_PAGES 0x40000ULL /* 1 GiB: what accept_remaining asks of the host at a time */

/* A 2 MiB page whose parts differ is to the guest what the instruction would find: entries of 4 KiB. */
static enum err claim(gpa_t page, enum page_size size, enum page_change change, u32 *code)
{
	enum err error = page_state_begin(page, size, change);
	if (error == ERR_STATE) {
		*code = RMP_FAIL_SIZE_MISMATCH;
		return ERR_HARDWARE;
	}
	return error;
}

/*
 * PVALIDATE of a claimed page. "No change" is the host's doing: the table knows what this page was, so another one lies at this
 * address now. To accept that would validate an address twice (APM volume 2, section 15.36.6).
 */
static enum err validate(void *window, enum page_size size, bool on, u32 *code)
{
	struct validate_result result = platform_validate(window, size, on);
	if (result.code != RMP_SUCCESS) {
		*code = result.code;
		return platform_code_error(result.code);
	}
	return result.unchanged ? ERR_HOST : ERR_OK;
}

/* Cleared before it is granted: what the host put there may once have been ours. */
enum err accept_hand_over(void *window, enum page_size size, u32 *code)
{
	enum err error = platform_clear(window, size);
	if (error != ERR_OK) {
		return error;
	}
	*code = rights_grant(window, size);
	return platform_code_error(*code);
}

static bool page_take_back(gpa_t page, enum page_size size)
{
	u32 code;
	enum err error =
		validate(platform_window_open(WINDOW_SLOT_TARGET, page, size, WINDOW_PRIVATE), size, false, &code);
	platform_window_close(WINDOW_SLOT_TARGET);
	return error == ERR_OK;
}

/*
 * What PVALIDATE does not take back is nobody's from now on. The host has put another page there, and can put back the one that was
 * validated, with all that the memory behind it ever held: the guest must not get at that, and nothing be validated there again.
 */
static void validation_end(gpa_t page, enum page_size size, bool taken_back)
{
	page_state_end(page, size, taken_back ? PAGE_CHANGE_VALIDATE : PAGE_CHANGE_FORFEIT, !taken_back);
}

/* Of a page that was validated and could not be handed over. A 2 MiB page that the host has split is taken back in its parts. */
static void validation_undo(gpa_t page, enum page_size size)
{
	bool taken_back = page_take_back(page, size);
	if (taken_back || size == PAGE_4K) {
		validation_end(page, size, taken_back);
	} else {
		for (u64 i = 0; i < LARGE_PAGE_PAGES; i++) {
			gpa_t part = gpa(page.raw + i * PAGE_SIZE);
			validation_end(part, PAGE_4K, page_take_back(part, PAGE_4K));
		}
	}
	platform_flush_guest(); /* the page was valid for a moment: nobody may know it as such */
}

enum err accept_validate(gpa_t page, enum page_size size, u32 *code)
{
	enum err error = claim(page, size, PAGE_CHANGE_VALIDATE, code);
	if (error != ERR_OK) {
		return error;
	}
	void *window = platform_window_open(WINDOW_SLOT_TARGET, page, size, WINDOW_PRIVATE);
	error = validate(window, size, true, code);
	bool validated = error == ERR_OK;
	if (validated) {
		error = accept_hand_over(window, size, code);
	}
	platform_window_close(WINDOW_SLOT_TARGET);
	if (validated && error != ERR_OK) {
		validation_undo(page, size);
	} else {
		page_state_end(page, size, PAGE_CHANGE_VALIDATE, validated);
	}
	return error;
}

/*
 * Rights first: the guest cannot write while the page is on its way out. A page that stays gets them back; where that fails too
 * (the host split the page meanwhile) the first code tells the guest to go on in 4 KiB pages.
 */
static enum err rescind_claimed(void *window, enum page_size size, u32 *code)
{
	*code = rights_revoke(window, size);
	enum err error = platform_code_error(*code);
	if (error == ERR_OK) {
		error = validate(window, size, false, code);
	}
	if (error == ERR_HARDWARE) {
		(void)rights_grant(window, size);
	}
	return error;
}

enum err accept_rescind(gpa_t page, enum page_size size, u32 *code)
{
	enum err error = claim(page, size, PAGE_CHANGE_RESCIND, code);
	if (error != ERR_OK) {
		return error;
	}
	void *window = platform_window_open(WINDOW_SLOT_TARGET, page, size, WINDOW_PRIVATE);
	error = rescind_claimed(window, size, code);
	platform_window_close(WINDOW_SLOT_TARGET);
	page_state_end(page, size, PAGE_CHANGE_RESCIND, error == ERR_OK);
	return error;
}

void accept_flush(void)
{
	platform_flush_guest();
}

static bool next_shared(gpa_t from, u64 limit, struct page_run *run)
{
	struct page_states_locked states = page_states_lock();
	bool found = page_state_next_run(states, PAGE_STATE_SHARED, from, limit, run);
	page_states_unlock(states);
	return found;
}

static bool all_shared(gpa_t start, u64 pages)
{
	struct page_run run;
	return next_shared(start, pages, &run) && run.start.raw == start.raw && run.pages == pages;
}

static enum err accept_small_pages(gpa_t start, u64 pages)
{
	enum err error = ERR_OK;
	for (u64 i = 0; error == ERR_OK && i < pages; i++) {
		u32 code;
		error = accept_validate(gpa(start.raw + i * PAGE_SIZE), PAGE_4K, &code);
	}
	return error;
}

static enum err accept_large_page(gpa_t page)
{
	u32 code = RMP_SUCCESS;
	enum err error = accept_validate(page, PAGE_2M, &code);
	if (code == RMP_FAIL_SIZE_MISMATCH) {
		return accept_small_pages(page, LARGE_PAGE_PAGES);
	}
	return error;
}

/* "No change" is as bad as a failure here: either way there is no page that the guest could have. */
static enum err range_validate(gpa_t start, u64 pages)
{
	enum err error = ERR_OK;
	while (error == ERR_OK && pages > 0) {
		u64 step = is_aligned(start.raw, LARGE_PAGE_SIZE) && pages >= LARGE_PAGE_PAGES ? LARGE_PAGE_PAGES : 1;
		error = step == 1 ? accept_small_pages(start, 1) : accept_large_page(start);
		start.raw += step * PAGE_SIZE;
		pages -= step;
	}
	return error == ERR_HOST ? ERR_HARDWARE : error;
}

enum err accept_range(gpa_t start, u64 pages)
{
	if (!is_aligned(start.raw, PAGE_SIZE)) {
		return ERR_INPUT;
	}
	if (!all_shared(start, pages)) {
		return ERR_STATE;
	}
	enum err error = platform_page_state(start, pages, WINDOW_PRIVATE);
	return error == ERR_OK ? range_validate(start, pages) : error;
}

enum err accept_remaining(void)
{
	struct page_run run;
	gpa_t from = {0};
	enum err error = ERR_OK;
	while (error == ERR_OK && next_shared(from, ACCEPT_STRETCH_PAGES, &run)) {
		error = accept_range(run.start, run.pages);
		from = gpa(run.start.raw + run.pages * PAGE_SIZE);
	}
	return error;
}

static enum err accept_loaded_page(gpa_t page)
{
	enum err error = page_state_begin(page, PAGE_4K, PAGE_CHANGE_ADOPT);
	if (error != ERR_OK) {
		return error;
	}
	void *window = platform_window_open(WINDOW_SLOT_TARGET, page, PAGE_4K, WINDOW_PRIVATE);
	u32 code = rights_grant(window, PAGE_4K);
	platform_window_close(WINDOW_SLOT_TARGET);
	page_state_end(page, PAGE_4K, PAGE_CHANGE_ADOPT, code == RMP_SUCCESS);
	return platform_code_error(code);
}

enum err accept_loaded(gpa_t start, u64 pages)
{
	enum err error = ERR_OK;
	for (u64 i = 0; error == ERR_OK && i < pages; i++) {
		error = accept_loaded_page(gpa(start.raw + i * PAGE_SIZE));
	}
	return error;
}
