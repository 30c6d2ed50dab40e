/* SPDX-License-Identifier: MIT */
/* The page-state table over real memory: its transitions, and what they do to the pages. docs/page-states.md */
#include <copra/sev.h>

#include "base/mem.h"
#include "guest/accept.h"
#include "guest/memory.h"
#include "guest/page_state.h"
#include "platform/platform.h"
#include "selftest/selftest.h"
#include "selftest/tap.h"

static bool has_state(gpa_t page, enum page_state state)
{
	struct page_states_locked states = page_states_lock();
	enum page_state found = page_state_get(states, page);
	page_states_unlock(states);
	return found == state;
}

static bool is_zero(gpa_t page)
{
	u64 words[4] = {1, 1, 1, 1};
	const u64 last = page.raw + PAGE_SIZE - sizeof(words);
	u64 all = 1;
	if (guest_read(page, words, sizeof(words)) == ERR_OK) {
		all = words[0] | words[1] | words[2] | words[3];
	}
	return all == 0 && guest_read(gpa(last), words, sizeof(words)) == ERR_OK &&
	       (words[0] | words[1] | words[2] | words[3]) == 0;
}

static void test_validate(gpa_t page)
{
	u32 code = RMP_SUCCESS;
	u64 word = 0x5AA5;
	tap_check(has_state(page, PAGE_STATE_SHARED), "a page is shared at first");
	tap_check(guest_read(page, &word, sizeof(word)) == ERR_RANGE, "a shared page is not read as private memory");
	tap_check(platform_page_state(page, 1, WINDOW_PRIVATE) == ERR_OK, "the host makes it private");
	tap_check(accept_validate(page, PAGE_4K, &code) == ERR_OK, "it is validated");
	tap_check(has_state(page, PAGE_STATE_PRIVATE) && is_zero(page), "and is private, and zero");
	tap_check(accept_validate(page, PAGE_4K, &code) == ERR_EXISTS, "a second time it is not");
	tap_check(guest_write(page, &word, sizeof(word)) == ERR_OK, "private memory is written");
}

/* The page holds what test_validate left. */
static void test_rescind(gpa_t page)
{
	u32 code = RMP_SUCCESS;
	u64 word = 0;
	tap_check(accept_rescind(page, PAGE_4K, &code) == ERR_OK, "a private page is rescinded");
	accept_flush();
	tap_check(has_state(page, PAGE_STATE_SHARED), "and is shared");
	tap_check(guest_write(page, &word, sizeof(word)) == ERR_RANGE, "it is not written as private memory");
	tap_check(accept_rescind(page, PAGE_4K, &code) == ERR_EXISTS, "a second time it is not rescinded");
	tap_check(accept_validate(page, PAGE_4K, &code) == ERR_OK && is_zero(page),
		  "validated again it has lost what it held");
}

static void test_large(gpa_t block)
{
	const u64 pages = LARGE_PAGE_SIZE / PAGE_SIZE;
	gpa_t middle = gpa(block.raw + LARGE_PAGE_SIZE / 2);
	const u64 word = 0x5AA5;
	u32 code = RMP_SUCCESS;
	tap_check(platform_page_state(block, pages, WINDOW_PRIVATE) == ERR_OK, "the host makes 2 MiB private");
	tap_check(accept_validate(block, PAGE_2M, &code) == ERR_OK, "2 MiB are validated in one");
	tap_check(guest_write(middle, &word, sizeof(word)) == ERR_OK && !is_zero(middle), "and are written");
	tap_check(accept_rescind(block, PAGE_2M, &code) == ERR_OK, "they are rescinded in one");
	accept_flush();
	tap_check(accept_validate(block, PAGE_2M, &code) == ERR_OK && is_zero(middle),
		  "validated again they have lost what they held");
	tap_check(accept_rescind(middle, PAGE_4K, &code) == ERR_OK, "4 KiB of them are rescinded");
	accept_flush();
	tap_check(has_state(middle, PAGE_STATE_SHARED) && has_state(gpa(middle.raw + PAGE_SIZE), PAGE_STATE_PRIVATE),
		  "and their neighbours stay private");
	tap_check(accept_rescind(block, PAGE_2M, &code) == ERR_HARDWARE && code == RMP_FAIL_SIZE_MISMATCH,
		  "what is left is no 2 MiB page any more");
}

static void test_refusals(const struct selftest_ground *ground, gpa_t page)
{
	u32 code = RMP_SUCCESS;
	tap_check(accept_validate(gpa(page.raw + 1), PAGE_4K, &code) == ERR_INPUT, "an address must be a page's");
	tap_check(accept_validate(gpa(page.raw + PAGE_SIZE), PAGE_2M, &code) == ERR_INPUT,
		  "a 2 MiB page's address must be aligned");
	tap_check(accept_validate(ground->own, PAGE_4K, &code) == ERR_RANGE, "the SVSM's memory is not the guest's");
	tap_check(accept_rescind(ground->own, PAGE_4K, &code) == ERR_RANGE, "nor can the guest give it away");
	tap_check(accept_validate(gpa(1ULL << 50), PAGE_4K, &code) == ERR_RANGE, "nor what is no memory at all");
	tap_check(guest_read(ground->own, &code, sizeof(code)) == ERR_RANGE,
		  "the SVSM's memory is not read for a guest");
	tap_check(guest_read(gpa(UINT64_MAX - 1), &code, sizeof(code)) == ERR_RANGE, "addresses do not wrap");
}

static void test_claims(gpa_t page)
{
	tap_check(page_state_begin(page, PAGE_4K, PAGE_CHANGE_MAKE_VMSA) == ERR_OK, "a change of a page begins");
	tap_check(has_state(page, PAGE_STATE_CLAIMED), "and claims it");
	tap_check(page_state_begin(page, PAGE_4K, PAGE_CHANGE_RESCIND) == ERR_BUSY, "nobody else changes it meanwhile");
	page_state_end(page, PAGE_4K, PAGE_CHANGE_MAKE_VMSA, false);
	tap_check(has_state(page, PAGE_STATE_PRIVATE), "cancelled, it is what it was");
}

/* A copy over the end of a page, and one that fails as a whole because its second page is not private. */
static void test_copies(gpa_t page, gpa_t shared)
{
	static const u8 text[] = "over the end of a page";
	u8 copy[sizeof(text)] = {0};
	gpa_t at = gpa(page.raw + PAGE_SIZE - 7);
	gpa_t edge = gpa(shared.raw - 7);
	tap_check(guest_write(at, text, sizeof(text)) == ERR_OK && guest_read(at, copy, sizeof(copy)) == ERR_OK &&
			  memcmp(copy, text, sizeof(text)) == 0,
		  "copies cross pages");
	tap_check(guest_write(edge, text, sizeof(text)) == ERR_RANGE && guest_read(edge, copy, 7) == ERR_OK &&
			  copy[0] == 0 && copy[6] == 0,
		  "a copy that must not be finished is not begun");
}

void selftest_pages(const struct selftest_ground *ground)
{
	gpa_t page = selftest_block(ground, SELFTEST_BLOCK_PAGES);
	test_validate(page);
	test_rescind(page);
	test_large(selftest_block(ground, SELFTEST_BLOCK_PAGES_LARGE));
	test_refusals(ground, page);
	test_claims(page);
	tap_check(accept_range(gpa(page.raw + PAGE_SIZE), 3) == ERR_OK, "three more pages are accepted");
	test_copies(page, gpa(page.raw + 4 * PAGE_SIZE));
}
