/* SPDX-License-Identifier: MIT */
/*
 * Calls to the SVSM in known numbers, for tests/bench: two of these programs differ by what BENCH_STEPS says, so the
 * difference of their VMPL0 instruction counters is the price of it.
 */
#include "base/compiler.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/svsm.h"

#define NULL_CALLS 1000U
#define REGION 0x6000000ULL
#define LARGE_PAGES 8U
#define SMALL_PAGES (LARGE_PAGES * LARGE_PAGE_SIZE / PAGE_SIZE)
#define BATCH 256U

/* Each step does what the ones below it do, and then its own. */
enum step {
	STEP_START,
	STEP_RESCIND_SMALL,  /* SMALL_PAGES pages, BATCH a call */
	STEP_VALIDATE_SMALL, /* the same pages */
	STEP_NULL,           /* NULL_CALLS times QUERY_PROTOCOL */
	STEP_PREPARE_LARGE,  /* rescinded by 4 KiB, handed to the host and back as large pages */
	STEP_VALIDATE_LARGE, /* LARGE_PAGES pages, one call */
};

noreturn_fn void program_main(u64 calling_area);

static u64 list[PAGE_SIZE / sizeof(u64)] aligned_to(PAGE_SIZE);

static bool call_list(u16 entries)
{
	struct svsm_pvalidate_header header = {.entries = entries};
	u64 result;
	__builtin_memcpy(list, &header, sizeof(header));
	do {
		result = svsm_core(SVSM_CORE_PVALIDATE, (u64)list, 0, 0);
	} while (result == SVSM_ERR_INCOMPLETE);
	return result == SVSM_SUCCESS;
}

static bool small_pages(u64 flags)
{
	bool good = true;
	for (u64 page = 0; page < SMALL_PAGES; page += BATCH) {
		for (u64 i = 0; i < BATCH; i++) {
			list[1 + i] = svsm_entry(REGION + (page + i) * PAGE_SIZE, flags);
		}
		good &= call_list(BATCH);
	}
	return good;
}

static bool large_pages(u64 flags)
{
	for (u64 i = 0; i < LARGE_PAGES; i++) {
		list[1 + i] = svsm_entry(REGION + i * LARGE_PAGE_SIZE, flags | ENTRY_LARGE);
	}
	return call_list(LARGE_PAGES);
}

static bool null_calls(void)
{
	bool good = true;
	for (u32 i = 0; i < NULL_CALLS; i++) {
		good &= svsm_core(SVSM_CORE_QUERY_PROTOCOL, SVSM_CORE_VERSION, 0, 0) == SVSM_SUCCESS;
	}
	return good;
}

static bool prepare_large(void)
{
	bool good = small_pages(ENTRY_RESCIND);
	for (u64 i = 0; i < LARGE_PAGES; i++) {
		u64 page = REGION + i * LARGE_PAGE_SIZE;
		good &= host_page_state(page, true, PSC_OP_SHARED) && host_page_state(page, true, PSC_OP_PRIVATE);
	}
	return good;
}

static bool run_step(enum step step)
{
	switch (step) {
	case STEP_START:
		return true;
	case STEP_RESCIND_SMALL:
		return small_pages(ENTRY_RESCIND);
	case STEP_VALIDATE_SMALL:
		return small_pages(ENTRY_VALIDATE);
	case STEP_NULL:
		return null_calls();
	case STEP_PREPARE_LARGE:
		return prepare_large();
	case STEP_VALIDATE_LARGE:
		return large_pages(ENTRY_VALIDATE);
	}
	return false;
}

void program_main(u64 calling_area)
{
	bool good = true;
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	for (u32 step = STEP_START; step <= BENCH_STEPS; step++) {
		good &= run_step((enum step)step);
	}
	host_print("bench %u pages=%u large=%u calls=%u %s\n", BENCH_STEPS, SMALL_PAGES, LARGE_PAGES, NULL_CALLS,
		   good ? "ok" : "failed");
	host_power_off();
}
