/* SPDX-License-Identifier: MIT */
/*
 * Two CPUs at once: calls on one page, and a second CPU that rewrites what the SVSM is reading. Results that depend on who was
 * first are accepted either way; what must not happen is that both win, or that something is done which was not checked.
 */
#include "base/compiler.h"
#include "conformance/lists.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/memory.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

#define OTHER 1U
#define ROUNDS 100U
#define UNKNOWN_CALL 0x77ULL
#define PATIENCE 20000000U /* turns until the other CPU is given up, and calls until one must not be busy any more */

/* Both sides make their call in the same round; a round begins when both are there. */
static struct {
	u32 round; /* the first CPU's, atomic */
	u32 there; /* the other's, atomic */
	bool stop;
	u64 result;
} race;

static bool stopped(void)
{
	return __atomic_load_n(&race.stop, __ATOMIC_ACQUIRE);
}

static void race_begin(smp_work_fn *work)
{
	race.round = 0;
	race.there = 0;
	race.stop = false;
	smp_begin(OTHER, work, NULL);
}

static void race_stop(void)
{
	__atomic_store_n(&race.stop, true, __ATOMIC_RELEASE);
}

static void race_end(void)
{
	race_stop();
	tap_expect("the other CPU returns", smp_wait(OTHER), true);
}

/* The other side's rounds: waits for the next one; false when there is none. */
static bool round_wait(u32 round)
{
	while (__atomic_load_n(&race.round, __ATOMIC_ACQUIRE) < round) {
		if (stopped()) {
			return false;
		}
		smp_relax();
	}
	return true;
}

static void round_open(u32 round)
{
	__atomic_store_n(&race.round, round, __ATOMIC_RELEASE);
}

static void round_done(u32 round, u64 result)
{
	race.result = result;
	__atomic_store_n(&race.there, round, __ATOMIC_RELEASE);
}

/* What the other side says; UINT64_MAX when it does not come any more, and then the race is over. */
static u64 round_close(u32 round)
{
	for (u32 i = 0; __atomic_load_n(&race.there, __ATOMIC_ACQUIRE) < round; i++) {
		if (i == PATIENCE || stopped()) {
			race_stop();
			return UINT64_MAX;
		}
		smp_relax();
	}
	return race.result;
}

static u64 retried(u64 (*call)(void))
{
	u64 result = SVSM_ERR_BUSY;
	for (u32 i = 0; i < PATIENCE && result == SVSM_ERR_BUSY; i++) {
		result = call();
		smp_relax();
	}
	return result;
}

/* Exactly one of two did it; the other was told that nothing is left to do. */
static void expect_one(u64 ours, u64 theirs, u64 refusal)
{
	tap_expect("successes", (u64)(ours == SVSM_SUCCESS) + (u64)(theirs == SVSM_SUCCESS), 1);
	tap_expect_either("our RAX", ours, SVSM_SUCCESS, refusal);
	tap_expect_either("RAX of the other CPU", theirs, SVSM_SUCCESS, refusal);
}

static u64 validate_work(void)
{
	return svsm_validate_one(svsm_entry(page_address(PAGE_WORK), ENTRY_VALIDATE));
}

static u64 rescind_work(void)
{
	return svsm_validate_one(svsm_entry(page_address(PAGE_WORK), ENTRY_RESCIND));
}

static void other_validates(void *argument)
{
	for (u32 round = 1; round_wait(round); round++) {
		round_done(round, retried(round % 2 ? rescind_work : validate_work));
	}
}

static void test_one_page(void)
{
	tap_begin();
	race_begin(other_validates);
	for (u32 round = 1; round <= 2 * ROUNDS; round++) {
		round_open(round);
		u64 ours = retried(round % 2 ? rescind_work : validate_work);
		expect_one(ours, round_close(round), SVSM_ERR_CORE_NO_CHANGE);
	}
	race_end();
	tap_expect("content", page_value(PAGE_WORK), 0);
	tap_end("6.2/19 PVALIDATE: ", "two CPUs validate and rescind one page: one of them does it");
}

static u64 remap_new(void)
{
	return svsm_core(SVSM_CORE_REMAP_CA, page_address(PAGE_NEW_AREA), 0, 0);
}

static u64 remap_there(void)
{
	u64 result = retried(remap_new);
	if (result == SVSM_SUCCESS) {
		svsm_use(page_address(PAGE_NEW_AREA));
	}
	return result;
}

/* Where we are still at home nothing changes. */
static u64 remap_home(u64 home)
{
	u64 result = svsm_core(SVSM_CORE_REMAP_CA, home, 0, 0);
	svsm_use(home);
	return result;
}

static void other_remaps(void *argument)
{
	u64 home = svsm_calling_area();
	for (u32 round = 1; round_wait(round); round++) {
		if (round % 2) {
			round_done(round, remap_there());
		} else {
			round_done(round, remap_home(home));
		}
	}
}

static void test_one_area(void)
{
	u64 home = svsm_calling_area();
	tap_begin();
	race_begin(other_remaps);
	for (u32 round = 1; round <= 2 * ROUNDS; round++) {
		round_open(round);
		if (round % 2) {
			u64 ours = remap_there();
			expect_one(ours, round_close(round), SVSM_ERR_INVALID_ADDRESS);
		} else {
			tap_expect("RAX of moving back", remap_home(home), SVSM_SUCCESS);
			tap_expect("the other's", round_close(round), SVSM_SUCCESS);
		}
	}
	race_end();
	tap_end("6.1/7 REMAP_CA: ", "two CPUs to one page: one of them gets it");
}

static u32 wrong_registers(u64 mark)
{
	u32 wrong = 0;
	for (u32 i = 0; i < ROUNDS; i++) {
		struct svsm_registers r = {
			.rax = UNKNOWN_CALL, .rcx = mark, .rdx = mark + 1, .r8 = mark + 2, .r9 = mark + 3};
		wrong += svsm_call(&r) != SVSM_ANSWERED || r.rax != SVSM_ERR_UNSUPPORTED_CALL || r.rcx != mark ||
			 r.rdx != mark + 1 || r.r8 != mark + 2 || r.r9 != mark + 3;
	}
	return wrong;
}

static void other_calls(void *argument)
{
	race.result = wrong_registers(0x100);
}

static void test_own_registers(void)
{
	tap_begin();
	race_begin(other_calls);
	tap_expect("our wrong answers", wrong_registers(0x200), 0);
	race_end();
	tap_expect("wrong answers of the other CPU", race.result, 0);
	tap_end("5/8 ", "two CPUs call at once, each in its own calling area");
}

/* The entries of a list that another CPU rewrites while it is served. */
static u64 good_entry(void)
{
	return svsm_entry(page_address(PAGE_WORK), ENTRY_VALIDATE | ENTRY_ANY);
}

static u64 bad_entry(void)
{
	return svsm_entry(svsm_place()->base, ENTRY_RESCIND | ENTRY_ANY);
}

/* Entries, and next above it. */
#define BAD_HEADER 0xFFF0FFFFULL
#define GOOD_HEADER 2ULL

static void other_rewrites_list(void *argument)
{
	volatile u64 *words = memory_at(page_address(PAGE_LIST));
	for (u32 round = 1; !stopped(); round++) {
		words[1] = bad_entry();
		words[0] = BAD_HEADER;
		words[1] = good_entry();
		words[0] = GOOD_HEADER;
		round_done(round, 0);
		if (smp_is_real()) {
			smp_relax(); /* CPUs may be emulated in turn */
		}
	}
}

/* PAGE_SECOND is never named, so nothing may happen to it. */
static void test_list_rewritten(void)
{
	u64 list = page_address(PAGE_LIST);
	u64 odd = 0;
	page_fill(PAGE_SECOND, 11);
	list_entry(list, 1, good_entry());
	tap_begin();
	race_begin(other_rewrites_list);
	for (u32 i = 0; i < 8 * ROUNDS; i++) {
		if (i % 4 == 0) {
			round_close(__atomic_load_n(&race.there, __ATOMIC_ACQUIRE) + 1); /* it is at it */
		}
		u64 result = list_call(list);
		odd += result != SVSM_SUCCESS && result != SVSM_ERR_INVALID_ADDRESS &&
		       result != SVSM_ERR_INVALID_PARAMETER && result != SVSM_ERR_BUSY;
	}
	race_end();
	tap_expect("results of no kind", odd, 0);
	tap_expect("content of another page", page_value(PAGE_SECOND), 11);
	tap_end("6.2/20 PVALIDATE: ", "another CPU rewrites the list while it is served");
}

static u64 first_area;

static void other_rewrites_area(void *argument)
{
	volatile struct svsm_calling_area *area = memory_at(first_area);
	while (!stopped()) {
		area->call_pending = 1;
		area->call_pending = 0;
		round_done(1, 0);
	}
}

/* Answered or not, but never half: what comes back in RAX is what was asked, or the result. */
static void test_area_rewritten(void)
{
	u64 odd = 0;
	first_area = svsm_calling_area();
	tap_begin();
	race_begin(other_rewrites_area);
	round_close(1);
	for (u32 i = 0; i < 4 * ROUNDS; i++) {
		struct svsm_registers r = {.rax = UNKNOWN_CALL, .rcx = i, .rdx = i, .r8 = i, .r9 = i};
		svsm_call(&r);
		odd += (r.rax != SVSM_ERR_UNSUPPORTED_CALL && r.rax != UNKNOWN_CALL) || r.rcx != i || r.rdx != i ||
		       r.r8 != i || r.r9 != i;
	}
	race_end();
	tap_expect("answers of no kind", odd, 0);
	tap_end("5/9 ", "another CPU rewrites call_pending while a call is served");
}

static void other_small(void *argument)
{
	for (u32 round = 1; round_wait(round); round++) {
		u64 page = LARGE_REGION + (u64)(round % 512) * PAGE_SIZE;
		svsm_validate_one(svsm_entry(page, ENTRY_RESCIND | ENTRY_ANY));
		round_done(round, svsm_validate_one(svsm_entry(page, ENTRY_VALIDATE | ENTRY_ANY)));
	}
}

/* 2 MiB on one CPU, 4 KiB of it on the other; in the end all of it can be made private. */
static void test_two_sizes(void)
{
	tap_begin();
	race_begin(other_small);
	for (u32 round = 1; round <= ROUNDS; round++) {
		round_open(round);
		svsm_validate_one(svsm_entry(LARGE_REGION, (round % 2 ? ENTRY_RESCIND : ENTRY_VALIDATE) | ENTRY_LARGE));
		round_close(round);
	}
	race_end();
	u64 wrong = 0;
	for (u64 page = LARGE_REGION; page < LARGE_REGION + LARGE_PAGE_SIZE; page += PAGE_SIZE) {
		wrong += svsm_validate_one(svsm_entry(page, ENTRY_VALIDATE | ENTRY_ANY)) != SVSM_SUCCESS;
	}
	tap_expect("pages that are not ours", wrong, 0);
	tap_end("6.2/21 PVALIDATE: ", "2 MiB on one CPU, 4 KiB of it on another");
}

/* Two CPUs make vCPUs of the same page, each for another CPU. */
static u64 create_third(void)
{
	return svsm_core(SVSM_CORE_CREATE_VCPU, page_address(PAGE_VMSA), page_address(PAGE_NEW_AREA), smp_apic_id(2));
}

static u64 create_fourth(void)
{
	return svsm_core(SVSM_CORE_CREATE_VCPU, page_address(PAGE_VMSA), page_address(PAGE_SECOND), smp_apic_id(3));
}

static void other_creates(void *argument)
{
	for (u32 round = 1; round_wait(round); round++) {
		round_done(round, retried(create_fourth));
	}
}

static void test_one_vmsa(void)
{
	if (smp_count() < 4) {
		tap_skip("6.3/10 CREATE_VCPU: ", "two CPUs make vCPUs of one page", "there are not four CPUs");
		return;
	}
	tap_begin();
	race_begin(other_creates);
	for (u32 round = 1; round <= ROUNDS; round++) {
		smp_fill(page_address(PAGE_VMSA), 2);
		round_open(round);
		u64 ours = retried(create_third);
		expect_one(ours, round_close(round), SVSM_ERR_INVALID_ADDRESS);
		tap_expect("RAX of DELETE_VCPU", svsm_core(SVSM_CORE_DELETE_VCPU, page_address(PAGE_VMSA), 0, 0),
			   SVSM_SUCCESS);
	}
	race_end();
	tap_end("6.3/10 CREATE_VCPU: ", "two CPUs make vCPUs of one page: one of them does");
}

/* A CPU is deleted and started anew while it makes calls. */
static void other_calls_on(void *argument)
{
	while (!stopped()) {
		round_done(1, svsm_validate_one(good_entry()));
	}
}

static void test_deleted_while_served(void)
{
	tap_begin();
	u64 result = SVSM_SUCCESS;
	for (u32 i = 0; i < ROUNDS / 5 && result == SVSM_SUCCESS; i++) {
		race_begin(other_calls_on);
		round_close(1);
		for (u32 turn = 0; turn < i; turn++) {
			smp_relax();
		}
		result = smp_stop(OTHER);
		tap_expect("RAX of DELETE_VCPU", result, SVSM_SUCCESS);
		if (result == SVSM_SUCCESS) {
			tap_expect("the CPU starts", smp_start(OTHER), true);
		}
	}
	tap_end("6.4/6 DELETE_VCPU: ", "of a CPU that makes calls");
}

void test_races(void)
{
	if (smp_count() < 2 || !smp_start(OTHER)) {
		tap_skip("5/8 ", "two CPUs at once", "there is one CPU only");
		return;
	}
	test_own_registers();
	test_area_rewritten();
	test_one_area();
	test_one_page();
	test_list_rewritten();
	test_two_sizes();
	test_one_vmsa();
	test_deleted_while_served();
	tap_begin();
	tap_expect("RAX", smp_stop(OTHER), SVSM_SUCCESS);
	tap_end("6.4/5 DELETE_VCPU: ", "the end of the second CPU");
}
