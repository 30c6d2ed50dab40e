/* SPDX-License-Identifier: MIT */
/* CREATE_VCPU and DELETE_VCPU for a CPU that runs. */
#include "base/compiler.h"
#include "conformance/pages.h"
#include "conformance/tap.h"
#include "conformance/tests.h"
#include "runtime/smp.h"
#include "runtime/svsm.h"

#define OTHER 1U
#define WHY_NOT "there is one CPU only"
#define RUNNING 20000000U /* turns that a CPU gets to show that it runs */
#define PATIENCE 100000U  /* and one that must not run, to show that it does */

static bool moves(u32 turns)
{
	u64 before = smp_beats(OTHER);
	for (u32 i = 0; i < turns && smp_beats(OTHER) == before; i++) {
		smp_relax();
	}
	return smp_beats(OTHER) != before;
}

static bool starts(void)
{
	bool started = smp_start(OTHER);
	tap_expect("the CPU starts", started, true);
	if (started) {
		tap_expect("it runs", moves(RUNNING), true);
	}
	return started;
}

static bool test_starts(void)
{
	tap_begin();
	bool started = starts();
	tap_end("6.3/8 CREATE_VCPU: ", "the host can run the VMSA, and the CPU starts");
	return started;
}

static u64 rescind(u64 page)
{
	return svsm_validate_one(svsm_entry(page, ENTRY_RESCIND));
}

static void test_pages_held(void)
{
	u64 vmsa = smp_vmsa(OTHER);
	u64 area = smp_area(OTHER);
	tap_begin();
	tap_expect("rescinding the VMSA", rescind(vmsa), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("rescinding its area", rescind(area), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("REMAP_CA to the VMSA", svsm_core(SVSM_CORE_REMAP_CA, vmsa, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("REMAP_CA to its area", svsm_core(SVSM_CORE_REMAP_CA, area, 0, 0), SVSM_ERR_INVALID_ADDRESS);
	tap_expect("it runs", moves(RUNNING), true);
	tap_end("6.3/6 CREATE_VCPU: ", "VMSA and calling area of a running CPU are held");
}

static u64 answer;

static void delete_own(void *argument)
{
	answer = svsm_core(SVSM_CORE_DELETE_VCPU, smp_vmsa(OTHER), 0, 0);
}

/* An SVSM that does it has nobody to answer to. */
static void test_deletes_itself(void)
{
	tap_begin();
	smp_begin(OTHER, delete_own, NULL);
	if (smp_wait(OTHER)) {
		tap_expect_either("RAX", answer, SVSM_ERR_INVALID_PARAMETER, SVSM_ERR_CORE_VCPU_IN_USE);
	} else {
		starts();
	}
	tap_end("6.4/2 DELETE_VCPU: ", "of the VMSA from which the caller runs");
}

/* The vCPU keeps its VMSA and its calling area. */
static void test_bad_replacement(void)
{
	volatile struct vmsa *bad = (volatile struct vmsa *)page_at(PAGE_VMSA);
	smp_fill(page_address(PAGE_VMSA), OTHER);
	bad->vmpl = 0;
	tap_begin();
	tap_expect("RAX",
		   svsm_core(SVSM_CORE_CREATE_VCPU, page_address(PAGE_VMSA), page_address(PAGE_NEW_AREA),
			     smp_apic_id(OTHER)),
		   SVSM_ERR_INVALID_PARAMETER);
	tap_expect("rescinding its area", rescind(smp_area(OTHER)), SVSM_ERR_INVALID_ADDRESS);
	page_fill(PAGE_VMSA, 6);
	tap_expect("content of the page", page_value(PAGE_VMSA), 6);
	tap_expect("it runs", moves(RUNNING), true);
	tap_end("6.3/5 CREATE_VCPU: ", "a VMSA of VMPL0 for a CPU that runs, which goes on");
}

/* A vCPU may be given another VMSA while it runs; then the old one does not run any more, and can be deleted. */
static void test_replaced(void)
{
	page_fill(PAGE_NEW_AREA, 0);
	tap_begin();
	tap_expect("it starts again", smp_start_from(OTHER, page_address(PAGE_VMSA), page_address(PAGE_NEW_AREA)),
		   true);
	tap_expect("RAX of DELETE_VCPU of the old VMSA", svsm_core(SVSM_CORE_DELETE_VCPU, smp_vmsa(OTHER), 0, 0),
		   SVSM_SUCCESS);
	tap_expect("RAX of rescinding it", rescind(smp_vmsa(OTHER)), SVSM_SUCCESS);
	tap_expect("RAX of rescinding its area", rescind(smp_area(OTHER)), SVSM_SUCCESS);
	for (u64 page = smp_vmsa(OTHER); page <= smp_area(OTHER); page += PAGE_SIZE) {
		tap_expect("RAX of validating it", svsm_validate_one(svsm_entry(page, ENTRY_VALIDATE)), SVSM_SUCCESS);
	}
	tap_expect("it runs", moves(RUNNING), true);
	tap_end("6.3/9 CREATE_VCPU: ", "another VMSA for a running CPU, and the old pages are ours");
}

/* SUCCESS means that it is over; an SVSM may also say that the VMSA is in use. */
static void test_deleted_while_running(void)
{
	u64 page = page_address(PAGE_VMSA);
	tap_begin();
	u64 result = svsm_core(SVSM_CORE_DELETE_VCPU, page, 0, 0);
	if (result != SVSM_SUCCESS) {
		tap_expect_either("RAX", result, SVSM_ERR_CORE_VCPU_IN_USE, SVSM_ERR_BUSY);
		result = smp_stop(OTHER);
	}
	tap_expect("RAX in the end", result, SVSM_SUCCESS);
	moves(PATIENCE);
	if (smp_is_real()) {
		tap_expect("it runs", moves(PATIENCE), false);
	}
	page_fill(PAGE_VMSA, 5);
	tap_expect("content of the page", page_value(PAGE_VMSA), 5);
	tap_expect("RAX of rescinding it", rescind(page), SVSM_SUCCESS);
	tap_expect("RAX of validating it", svsm_validate_one(svsm_entry(page, ENTRY_VALIDATE)), SVSM_SUCCESS);
	tap_expect("RAX of rescinding its area", rescind(page_address(PAGE_NEW_AREA)), SVSM_SUCCESS);
	tap_expect("RAX of validating it", svsm_validate_one(svsm_entry(page_address(PAGE_NEW_AREA), ENTRY_VALIDATE)),
		   SVSM_SUCCESS);
	tap_end("6.4/4 DELETE_VCPU: ", "of a running CPU, which does not run then");
}

static void test_comes_back(void)
{
	tap_begin();
	for (u32 i = 0; i < 3 && starts(); i++) {
		tap_expect("RAX of DELETE_VCPU", smp_stop(OTHER), SVSM_SUCCESS);
		tap_expect("RAX of DELETE_VCPU again", svsm_core(SVSM_CORE_DELETE_VCPU, smp_vmsa(OTHER), 0, 0),
			   SVSM_ERR_INVALID_PARAMETER);
	}
	tap_end("6.4/5 DELETE_VCPU: ", "and CREATE_VCPU of the same CPU, again and again");
}

void test_running_vcpus(void)
{
	if (smp_count() < 2) {
		tap_skip("6.3/8 CREATE_VCPU: ", "for a CPU that runs", WHY_NOT);
		return;
	}
	if (!test_starts()) {
		return;
	}
	test_pages_held();
	test_deletes_itself();
	test_bad_replacement();
	test_replaced();
	test_deleted_while_running();
	test_comes_back();
}
