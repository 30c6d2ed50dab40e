/* SPDX-License-Identifier: MIT */
/*
 * Random valid and invalid calls from all CPUs at once, for as long as the image says. What each answer may be is known; CPUs that
 * come to a stop are noticed. Meanwhile the first CPU stops and restarts the others. What the SVSM's table of page states says in the
 * end is compared with the RMP from outside (tests/vm/test_storm.py, tests/unit/conformance).
 */
#include "base/compiler.h"
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"
#include "storm/storm.h"

#define PATIENCE_SECONDS 60U
#define TURNS_AT_ONCE 16U

noreturn_fn void program_main(u64 calling_area, const struct secrets_page *secrets);

static bool stop; /* atomic */
static bool from_other[GUEST_CPUS];

static bool accept_block(u64 block)
{
	return host_page_state(block, true, PSC_OP_PRIVATE) &&
	       svsm_validate_one(svsm_entry(block, ENTRY_VALIDATE | ENTRY_ANY | ENTRY_LARGE)) == SVSM_SUCCESS;
}

static bool accept_blocks(void)
{
	bool good = true;
	for (u32 i = 0; i < STORM_COMMON_BLOCKS; i++) {
		good &= accept_block(STORM_COMMON + (u64)i * LARGE_PAGE_SIZE);
	}
	for (u32 i = 0; i < smp_count(); i++) {
		good &= accept_block(storm_own(i));
	}
	return good;
}

static void work(void *argument)
{
	storm_self()->home = svsm_calling_area();
	storm_recover_all();
	while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE)) {
		storm_turn();
	}
}

/* A page that was its VMSA before may still be one. */
static bool page_is_free(u64 vmsa)
{
	u64 result = svsm_core(SVSM_CORE_DELETE_VCPU, vmsa, 0, 0);
	return result == SVSM_SUCCESS || result == SVSM_ERR_INVALID_PARAMETER;
}

/* From the pages that it does not run from; while it runs, or after its end. */
static void restart(u32 index, bool end_first)
{
	bool other = !from_other[index];
	u64 vmsa = other ? storm_page(index, STORM_OTHER_VMSA) : smp_vmsa(index);
	u64 area = other ? storm_page(index, STORM_OTHER_AREA) : smp_area(index);
	if (!page_is_free(vmsa)) {
		return;
	}
	if (end_first) {
		u64 result = smp_stop(index);
		storm_expect(result == SVSM_SUCCESS, SVSM_CORE_DELETE_VCPU, result);
	}
	if (smp_start_from(index, vmsa, area)) {
		from_other[index] = other;
		smp_begin(index, work, NULL);
	} else {
		storm_expect(!end_first, SVSM_CORE_CREATE_VCPU, index);
	}
}

/* The CPU that stood still for too long, or 0. */
static u32 watch(u64 second)
{
	static u64 seen[GUEST_CPUS], since[GUEST_CPUS];
	for (u32 i = 1; i < smp_count(); i++) {
		u64 turns = __atomic_load_n(&storm_cpu(i)->turns, __ATOMIC_RELAXED);
		if (turns != seen[i]) {
			seen[i] = turns;
			since[i] = second;
		}
		if (second - since[i] > PATIENCE_SECONDS) {
			return i;
		}
	}
	return 0;
}

static u32 storm(u64 seconds)
{
	struct random random = random_of(storm_parameters().seed, GUEST_CPUS);
	u32 stuck = 0;
	for (u64 second = host_seconds(); second < seconds && stuck == 0; second = host_seconds()) {
		for (u32 i = 0; i < TURNS_AT_ONCE; i++) {
			storm_turn();
		}
		if (smp_count() > 1 && random_below(&random, 4) == 0) {
			restart(1 + random_below(&random, smp_count() - 1), random_below(&random, 2) == 0);
		}
		stuck = watch(second);
	}
	__atomic_store_n(&stop, true, __ATOMIC_RELEASE);
	for (u32 i = 1; i < smp_count() && stuck == 0; i++) {
		stuck = smp_wait(i) ? 0 : i;
	}
	return stuck;
}

static void report(const char *what, bool good, u64 seed)
{
	static u32 number;
	host_print("%sok %u - %s, seed %lu\n", good ? "" : "not ", ++number, what, seed);
}

static void report_all(u64 seed, u32 stuck)
{
	u64 calls = 0;
	u64 responses = 0;
	u64 wrong = 0;
	for (u32 i = 0; i < smp_count(); i++) {
		const struct storm_cpu *cpu = storm_cpu(i);
		host_print("# CPU %u: %lu turns, %lu calls\n", i, cpu->turns, cpu->calls);
		if (cpu->wrong) {
			host_print("# CPU %u: %lu wrong answers, the last to call 0x%lx: 0x%lx\n", i, cpu->wrong,
				   cpu->last_call, cpu->last_result);
		}
		calls += cpu->calls;
		responses += cpu->tpm.responses;
		wrong += cpu->wrong;
	}
	host_print("# %lu calls, %lu responses of a TPM\n", calls, responses);
	report("every answer is one that may be", wrong == 0, seed);
	report("no CPU comes to a stop", stuck == 0, seed);
	host_print("1..2\n");
}

void program_main(u64 calling_area, const struct secrets_page *secrets)
{
	struct storm_parameters parameters = storm_parameters();
	svsm_open(calling_area);
	host_open();
	svsm_transport(SVSM_BY_GHCB);
	smp_describe(secrets->svsm_guest_vmpl, host_sev_features());
	storm_tpm_find();
	u32 count = smp_find();
	host_print("# %u CPUs, seed %lu, %lu seconds\n", count, parameters.seed, parameters.seconds);
	storm_self()->random = random_of(parameters.seed, 0);
	bool good = accept_blocks() && storm_tpm_start();
	for (u32 i = 1; i < count && good; i++) {
		storm_cpu(i)->random = random_of(parameters.seed, i);
		good = smp_start(i);
	}
	if (!good) {
		host_print("Bail out! memory, CPUs or a TPM could not be had\n");
		host_terminate(PROGRAM_NO_GHCB);
	}
	storm_self()->home = calling_area;
	for (u32 i = 1; i < count; i++) {
		smp_begin(i, work, NULL);
	}
	report_all(parameters.seed, storm(parameters.seconds));
	host_power_off();
}
