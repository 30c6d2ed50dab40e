/* SPDX-License-Identifier: MIT */
/*
 * Calls in known numbers from one CPU or several, for tests. The image says which and how many (firmware/places.h): two runs
 * that differ in that differ by the price of it.
 */
#include <copra/psp.h>

#include "base/compiler.h"
#include "firmware/places.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/instructions.h"
#include "runtime/memory.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

#define REGION 0x8000000ULL
#define SPARSE_REGION 0x100000000ULL
#define SPARSE_STEP (8 * (u64)LARGE_PAGE_SIZE)
#define BATCH 256U
#define LARGE_PAGE_PAGES (LARGE_PAGE_SIZE / PAGE_SIZE)
/* A VMSA for each round lies in the first block, which begins with no VMSA: it must not be aligned to 2 MiB. */
#define ROUNDS_MAX (LARGE_PAGE_PAGES - 1)

enum what {
	WHAT_NOTHING,  /* the region is made private by the host, all CPUs are started */
	WHAT_LARGE,    /* and validated by 2 MiB, each CPU its share */
	WHAT_SMALL,    /* and validated by 4 KiB, likewise */
	WHAT_PAGES,    /* one CPU, one block validated */
	WHAT_CREATE,   /* and so many CREATE_VCPU for a CPU that nobody runs */
	WHAT_DELETE,   /* and as many DELETE_VCPU */
	WHAT_NO_START, /* two CPUs, one of them not started */
	WHAT_START, /* of all other CPUs so many times CREATE_VCPU, AP creation, until it works, AP destruction, DELETE_VCPU */
	WHAT_HOLD, /* as Linux does with CPUs in AP reset hold: CREATE_VCPU, AP creation, DELETE_VCPU of the VMSA before */
	WHAT_SPARSE, /* of so much RAM above 4 GiB one block in eight, by turns as a whole, page by page, and all but one page */
};

struct parameters {
	u64 what;
	u64 amount; /* bytes, or rounds */
};

noreturn_fn void program_main(u64 calling_area, const struct secrets_page *secrets);

static struct parameters parameters;
static u64 lists[GUEST_CPUS][PAGE_SIZE / sizeof(u64)] aligned_to(PAGE_SIZE);
static u64 calls[GUEST_CPUS];
static u64 ticks;   /* of the time-stamp counter, that validating took */
static bool failed; /* atomic */

static void require(bool good)
{
	if (!good) {
		__atomic_store_n(&failed, true, __ATOMIC_RELAXED);
	}
}

/* One list, as often as it takes. */
static void list_validate(u64 first, u64 pages, u64 page_size)
{
	u32 index = cpu_current()->index;
	u64 *list = lists[index];
	struct svsm_pvalidate_header header = {.entries = (u16)pages};
	u64 flags = ENTRY_VALIDATE | (page_size == LARGE_PAGE_SIZE ? ENTRY_LARGE : 0);
	__builtin_memcpy(list, &header, sizeof(header));
	for (u64 i = 0; i < pages; i++) {
		list[1 + i] = svsm_entry(first + i * page_size, flags);
	}
	u64 result;
	do {
		result = svsm_core(SVSM_CORE_PVALIDATE, (u64)list, 0, 0);
		calls[index]++;
	} while (result == SVSM_ERR_INCOMPLETE);
	require(result == SVSM_SUCCESS);
}

/* This CPU's share of the region. */
static void share_validate(void *argument)
{
	u64 page_size = parameters.what == WHAT_LARGE ? LARGE_PAGE_SIZE : PAGE_SIZE;
	u64 bytes = parameters.amount / smp_count();
	u64 start = REGION + cpu_current()->index * bytes;
	for (u64 done = 0; done < bytes; done += BATCH * page_size) {
		u64 left = (bytes - done) / page_size;
		list_validate(start + done, left < BATCH ? left : BATCH, page_size);
	}
}

static void region_prepare(u64 bytes)
{
	for (u64 done = 0; done < bytes; done += LARGE_PAGE_SIZE) {
		require(host_page_state(REGION + done, true, PSC_OP_PRIVATE));
	}
}

static void region_validate(void)
{
	region_prepare(parameters.amount);
	for (u32 i = 1; i < smp_count(); i++) {
		require(smp_start(i));
	}
	if (parameters.what == WHAT_NOTHING) {
		return;
	}
	u64 start = read_tsc();
	for (u32 i = 1; i < smp_count(); i++) {
		smp_begin(i, share_validate, NULL);
	}
	share_validate(NULL);
	for (u32 i = 1; i < smp_count(); i++) {
		require(smp_wait(i));
	}
	ticks = read_tsc() - start;
}

static void vcpus_make(void)
{
	region_prepare(LARGE_PAGE_SIZE);
	list_validate(REGION, 1, LARGE_PAGE_SIZE);
	for (u64 i = 1; i <= parameters.amount && parameters.what >= WHAT_CREATE; i++) {
		u64 vmsa = REGION + i * PAGE_SIZE;
		smp_fill(vmsa, 1);
		require(svsm_core(SVSM_CORE_CREATE_VCPU, vmsa, smp_area(1), smp_apic_id(1)) == SVSM_SUCCESS);
	}
	for (u64 i = 1; i <= parameters.amount && parameters.what >= WHAT_DELETE; i++) {
		require(svsm_core(SVSM_CORE_DELETE_VCPU, REGION + i * PAGE_SIZE, 0, 0) == SVSM_SUCCESS);
	}
}

static void round_start(u32 index)
{
	require(smp_start(index));
	require(smp_stop(index) == SVSM_SUCCESS);
}

/* The host runs this CPU no more until it is created anew. */
static void hold(void *argument)
{
	host_event(GHCB_NAE_AP_RESET_HOLD, 0, 0);
	host_event_send();
}

/* By turns from one of two VMSAs, with the same calling area. */
static void round_hold(u32 index, u64 round)
{
	u64 vmsas[] = {smp_vmsa(index), memory_test_pages() + (u64)index * PAGE_SIZE};
	require(smp_start_from(index, vmsas[round % 2], smp_area(index)));
	if (round > 0) {
		require(svsm_core(SVSM_CORE_DELETE_VCPU, vmsas[(round + 1) % 2], 0, 0) == SVSM_SUCCESS);
	}
	smp_begin(index, hold, NULL);
}

static void cpus_round(u64 round)
{
	for (u32 i = 1; i < smp_count(); i++) {
		if (parameters.what == WHAT_START) {
			round_start(i);
		} else {
			round_hold(i, round);
		}
	}
}

static void cpu_rounds(void)
{
	for (u64 round = 0; round < parameters.amount && parameters.what != WHAT_NO_START; round++) {
		cpus_round(round);
	}
}

/* Nothing is mapped there, and nothing touched: the SVSM alone knows these pages. */
static void sparse_validate(void)
{
	for (u64 i = 0; i * SPARSE_STEP < parameters.amount; i++) {
		u64 block = SPARSE_REGION + i * SPARSE_STEP;
		bool small = i % 3 == 1;
		require(host_page_state(block, true, PSC_OP_PRIVATE));
		for (u64 done = 0; done < (small ? LARGE_PAGE_PAGES : BATCH); done += BATCH) {
			list_validate(block + done * PAGE_SIZE, small ? BATCH : 1, small ? PAGE_SIZE : LARGE_PAGE_SIZE);
		}
		if (i % 3 == 2) {
			require(svsm_validate_one(svsm_entry(block + i % LARGE_PAGE_PAGES * PAGE_SIZE,
							     ENTRY_RESCIND)) == SVSM_SUCCESS);
		}
	}
}

static void carry_out(void)
{
	if (parameters.what <= WHAT_SMALL) {
		region_validate();
	} else if (parameters.what == WHAT_SPARSE) {
		sparse_validate();
	} else if (smp_count() < 2 || parameters.amount > ROUNDS_MAX) {
		require(false);
	} else if (parameters.what <= WHAT_DELETE) {
		vcpus_make();
	} else {
		cpu_rounds();
	}
}

void program_main(u64 calling_area, const struct secrets_page *secrets)
{
	const volatile u64 *words = memory_at(FIRMWARE_PARAMETERS);
	u64 all_calls = 0;
	parameters = (struct parameters){.what = words[1], .amount = words[2]};
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	smp_describe(secrets->svsm_guest_vmpl, host_sev_features());
	smp_find();
	carry_out();
	for (u32 i = 0; i < smp_count(); i++) {
		all_calls += calls[i];
	}
	host_print("scale cpus=%u calls=%lu %s ticks=%lu\n", smp_count(), all_calls, failed ? "failed" : "ok", ticks);
	host_power_off();
}
