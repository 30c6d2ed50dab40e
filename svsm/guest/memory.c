/* SPDX-License-Identifier: MIT */
#include "guest/memory.h"

#include "guest/page_state.h"
#include "platform/platform.h"

static enum err LOCK_HELD(page_states_spin_lock) range_check(struct page_states_locked states, gpa_t start, size_t n)
{
	u64 end;
	if (ckd_add(&end, start.raw, n)) {
		return ERR_RANGE;
	}
	for (u64 page = gpa_page(start).raw; page < end; page += PAGE_SIZE) {
		enum page_state state = page_state_get(states, gpa(page));
		if (state == PAGE_STATE_CLAIMED) {
			return ERR_BUSY;
		}
		if (state != PAGE_STATE_PRIVATE && state != PAGE_STATE_CALLING_AREA) {
			return ERR_RANGE;
		}
	}
	return ERR_OK;
}

static size_t page_rest(gpa_t address, size_t n)
{
	size_t rest = PAGE_SIZE - (size_t)(address.raw % PAGE_SIZE);
	return n < rest ? n : rest;
}

/* The table's lock is held meanwhile: no page can leave its state under the copy. */
enum err guest_read(gpa_t from, void *to, size_t n)
{
	struct page_states_locked states = page_states_lock();
	enum err error = range_check(states, from, n);
	for (size_t done = 0; error == ERR_OK && done < n;) {
		gpa_t address = gpa(from.raw + done);
		size_t piece = page_rest(address, n - done);
		u8 *page = platform_window_open(WINDOW_SLOT_GUEST, gpa_page(address), PAGE_4K, WINDOW_PRIVATE);
		error = platform_window_read((u8 *)to + done, page + address.raw % PAGE_SIZE, piece);
		platform_window_close(WINDOW_SLOT_GUEST);
		done += piece;
	}
	page_states_unlock(states);
	return error;
}

enum err guest_write(gpa_t to, const void *from, size_t n)
{
	struct page_states_locked states = page_states_lock();
	enum err error = range_check(states, to, n);
	for (size_t done = 0; error == ERR_OK && done < n;) {
		gpa_t address = gpa(to.raw + done);
		size_t piece = page_rest(address, n - done);
		u8 *page = platform_window_open(WINDOW_SLOT_GUEST, gpa_page(address), PAGE_4K, WINDOW_PRIVATE);
		error = platform_window_write(page + address.raw % PAGE_SIZE, (const u8 *)from + done, piece);
		platform_window_close(WINDOW_SLOT_GUEST);
		done += piece;
	}
	page_states_unlock(states);
	return error;
}

enum err guest_write_check(gpa_t to, size_t n)
{
	struct page_states_locked states = page_states_lock();
	enum err error = range_check(states, to, n);
	page_states_unlock(states);
	return error;
}
