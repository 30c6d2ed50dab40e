/* SPDX-License-Identifier: MIT */
#include "guest/deposit.h"

#include "guest/accept.h"
#include "guest/page_state.h"
#include "guest/rights.h"
#include "platform/platform.h"

#define LOOKS_AT_A_TIME 256U /* while the table is locked */
/* What a page costs at the most, if it is found then. */
#define SEARCH_COST (LOOKS_AT_A_TIME * BUDGET_BLOCK + budget_page(PAGE_4K, true))

static u64 hint; /* where a page may be found; atomic */

u64 deposit_pages(void)
{
	struct page_states_locked states = page_states_lock();
	u64 pages = page_states_deposited(states);
	page_states_unlock(states);
	return pages;
}

err_t deposit_take(gpa_t page, enum page_size size, u32 *code)
{
	enum err error = page_state_begin(page, size, PAGE_CHANGE_DEPOSIT);
	if (error != ERR_OK) {
		return error == ERR_STATE ? ERR_RANGE : error;
	}
	*code = rights_revoke(platform_window_open(WINDOW_SLOT_TARGET, page, size, WINDOW_PRIVATE), size);
	platform_window_close(WINDOW_SLOT_TARGET);
	error = platform_code_error(*code);
	page_state_end(page, size, PAGE_CHANGE_DEPOSIT, error == ERR_OK);
	return error;
}

/* Finds and claims one, from *from on. ERR_INCOMPLETE: not yet; ERR_NOT_FOUND: none up to the end. */
static enum err page_claim(gpa_t *from, struct budget *budget)
{
	u32 looks = LOOKS_AT_A_TIME;
	struct page_states_locked states = page_states_lock();
	enum err error = page_state_find(states, PAGE_STATE_DEPOSITED, from, &looks);
	budget_spend(budget, (LOOKS_AT_A_TIME - looks) * BUDGET_BLOCK);
	if (error == ERR_OK) {
		error = page_state_claim(states, *from, PAGE_4K, PAGE_CHANGE_WITHDRAW);
	}
	page_states_unlock(states);
	return error;
}

/* From the hint to the end, then from the beginning. ERR_NOT_FOUND: nothing is deposited. */
static enum err page_search(gpa_t *found, struct budget *budget)
{
	gpa_t from = gpa(__atomic_load_n(&hint, __ATOMIC_RELAXED));
	enum err error = deposit_pages() != 0 ? ERR_INCOMPLETE : ERR_NOT_FOUND;
	while (error == ERR_INCOMPLETE && budget_fits(budget, SEARCH_COST)) {
		error = page_claim(&from, budget);
		if (error == ERR_NOT_FOUND) {
			from = gpa(0);
			error = ERR_INCOMPLETE;
		}
	}
	__atomic_store_n(&hint, from.raw, __ATOMIC_RELAXED);
	*found = from;
	return error;
}

/* One that was found. False: the host has taken it away, and may bring it back: nobody gets it. */
static bool page_give(gpa_t page)
{
	u32 code;
	void *window = platform_window_open(WINDOW_SLOT_TARGET, page, PAGE_4K, WINDOW_PRIVATE);
	enum err error = accept_hand_over(window, PAGE_4K, &code);
	platform_window_close(WINDOW_SLOT_TARGET);
	page_state_end(page, PAGE_4K, error == ERR_OK ? PAGE_CHANGE_WITHDRAW : PAGE_CHANGE_LOSE, true);
	return error == ERR_OK;
}

err_t deposit_return(gpa_t *returned, struct budget *budget)
{
	enum err error = page_search(returned, budget);
	while (error == ERR_OK) {
		budget_spend(budget, budget_page(PAGE_4K, true));
		if (page_give(*returned)) {
			return ERR_OK;
		}
		error = page_search(returned, budget);
	}
	return error;
}
