/* SPDX-License-Identifier: MIT */
/* platform/snp against hosts that lack something, lie, or dawdle. */
#include <stdarg.h>
#include <string.h>

#include "snp/host_model.h"

#include <cmocka.h>
#include <copra/sev.h>

#include "cpu/per_cpu.h"
#include "cpu/trap.h"
#include "mm/own_map.h"
#include "platform/snp/apic_ids.h"
#include "platform/snp/doorbell.h"
#include "platform/snp/ghcb.h"
#include "platform/snp/host.h"
#include "snp/exception.h"
#include "snp/interrupts.h"
#include "snp/messages.h"

#define GHCB_PAGE (MODEL_BASE + 0x10000)
#define DOORBELL_PAGE (MODEL_BASE + 0x11000)
#define LIST_PAGE (MODEL_BASE + 0x12000)

static void meet(void)
{
	const struct host_pages pages = {
		.ghcb = own_address(gpa(GHCB_PAGE)),
		.doorbell = own_address(gpa(DOORBELL_PAGE)),
	};
	host_meet(cpu_current(), model_layout(), pages);
}

static int reset(void **state)
{
	model_reset();
	return 0;
}

static int reset_and_meet(void **state)
{
	model_reset();
	meet();
	return 0;
}

static void ends_with(enum terminate_reason reason)
{
	assert_int_equal(MODEL_ENDS(meet()), model_termination(reason));
}

static bool console_says(const char *text)
{
	size_t n = strlen(text);
	for (size_t i = 0; i + n <= model.console_bytes; i++) {
		if (memcmp(model.console + i, text, n) == 0) {
			return true;
		}
	}
	return false;
}

static void meets_an_honest_host(void **state)
{
	assert_int_equal(MODEL_ENDS(meet()), 0);
	assert_int_equal(model.registered, GHCB_PAGE);
	assert_int_equal(model.doorbell, DOORBELL_PAGE);
	assert_int_equal(model.pages_changed, 2);
	assert_int_equal(model.last_operation, PSC_OP_SHARED);
}

static void refuses_sev_status(void **state)
{
	static const u64 bad[] = {0, 3, 5, 7 | 1 << 5 | 1 << 3, 7 | 1 << 5 | 1 << 11, 7 | 1ULL << 40};
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		model_reset();
		model.sev_status = bad[i];
		ends_with(TERMINATE_SEV_STATUS);
	}
}

static bool old_versions(u64 request, u64 *response)
{
	*response = GHCB_MSR_SEV_INFO | 1ULL << 32 | 1ULL << 48;
	return (request & GHCB_MSR_INFO_MASK) == GHCB_MSR_SEV_INFO_REQUEST;
}

static bool no_answers(u64 request, u64 *response)
{
	*response = request;
	return true;
}

static void refuses_ghcb_version(void **state)
{
	model.request = old_versions;
	ends_with(TERMINATE_GHCB_VERSION);
	model_reset();
	model.request = no_answers;
	ends_with(TERMINATE_GHCB_VERSION);
}

static void names_what_the_host_lacks(void **state)
{
	model.features = 0;
	ends_with(TERMINATE_HOST_FEATURES);
	assert_int_equal(model.console_bytes, 0);
	model_reset();
	model.features &= ~GHCB_FEATURE_MULTI_VMPL;
	ends_with(TERMINATE_HOST_FEATURES);
	assert_true(console_says("multi-VMPL"));
	assert_false(console_says("injection"));
	model_reset();
	model.features &= ~GHCB_FEATURE_AP_CREATION;
	ends_with(TERMINATE_HOST_FEATURES);
	assert_true(console_says("AP creation"));
}

static bool foreign_ghcb(u64 request, u64 *response)
{
	*response = GHCB_MSR_REGISTER_RESPONSE | 0x1000;
	return (request & GHCB_MSR_INFO_MASK) == GHCB_MSR_REGISTER_REQUEST;
}

static bool page_state_refused(u64 request, u64 *response)
{
	*response = GHCB_MSR_PAGE_STATE_RESPONSE | 1ULL << 32;
	return (request & GHCB_MSR_INFO_MASK) == GHCB_MSR_PAGE_STATE_REQUEST;
}

static void refuses_a_foreign_ghcb(void **state)
{
	model.request = foreign_ghcb;
	ends_with(TERMINATE_GHCB_RESPONSE);
	model_reset();
	model.request = page_state_refused;
	ends_with(TERMINATE_PAGE_STATE);
	model_reset();
	model.pvalidate_unchanged = true;
	ends_with(TERMINATE_VALIDATION);
}

static bool foreign_doorbell(struct ghcb *ghcb)
{
	if (ghcb->sw_exitcode != GHCB_NAE_HV_DOORBELL) {
		return false;
	}
	model_answer(ghcb, 0, 0x1000);
	return true;
}

static void refuses_a_foreign_doorbell(void **state)
{
	model.event = foreign_doorbell;
	ends_with(TERMINATE_GHCB_RESPONSE);
}

static void changes_page_states_in_batches(void **state)
{
	u64 pages = model.pages_changed;
	u32 exits = model.exits;
	assert_int_equal(platform_page_state(gpa(0x1FF000), 1 + 512 * 300 + 3, WINDOW_PRIVATE), ERR_OK);
	assert_int_equal(model.pages_changed - pages, 1 + 512 * 300 + 3);
	assert_int_equal(model.exits - exits, 2);
	assert_int_equal(model.last_operation, PSC_OP_PRIVATE);
	assert_int_equal(platform_page_state(gpa(0x1FF000), 0, WINDOW_PRIVATE), ERR_OK);
	assert_int_equal(model.exits - exits, 2);
}

/* Does one entry at a time, and says so. */
static bool one_at_a_time(struct ghcb *ghcb)
{
	struct psc_header *header = (struct psc_header *)ghcb->shared_buffer;
	header->current_entry++;
	model.pages_changed++;
	model_answer(ghcb, 0, 0);
	return true;
}

/* Stops within an entry, and leaves there how far it is. */
static bool some_pages_at_a_time(struct ghcb *ghcb)
{
	struct psc_header *header = (struct psc_header *)ghcb->shared_buffer;
	u64 *entry = (u64 *)(ghcb->shared_buffer + sizeof(*header)) + header->current_entry;
	u64 pages = (*entry & PSC_ENTRY_LARGE) != 0 ? 512 : 1;
	u64 done = *entry & PSC_ENTRY_CURRENT_PAGE_MASK;
	u64 some = pages - done < 100 ? pages - done : 100;
	*entry += some;
	model.pages_changed += some;
	header->current_entry = (u16)(header->current_entry + (done + some == pages ? 1 : 0));
	model_answer(ghcb, 0, 0);
	return true;
}

static void goes_on_where_the_host_stopped(void **state)
{
	u64 pages = model.pages_changed;
	model.event = one_at_a_time;
	assert_int_equal(platform_page_state(gpa(0x1000), 10, WINDOW_SHARED), ERR_OK);
	assert_int_equal(model.pages_changed - pages, 10);
	pages = model.pages_changed;
	model.event = some_pages_at_a_time;
	assert_int_equal(platform_page_state(gpa(0x1FF000), 1 + 2 * 512 + 1, WINDOW_PRIVATE), ERR_OK);
	assert_int_equal(model.pages_changed - pages, 1 + 2 * 512 + 1);
}

static u64 answer_info1, answer_info2;
static u16 answer_entry;

static bool scripted_page_state(struct ghcb *ghcb)
{
	((struct psc_header *)ghcb->shared_buffer)->current_entry = answer_entry;
	model_answer(ghcb, answer_info1, answer_info2);
	return true;
}

/* Says that it has done five, then that it has done four. */
static bool backwards(struct ghcb *ghcb)
{
	struct psc_header *header = (struct psc_header *)ghcb->shared_buffer;
	header->current_entry = header->current_entry == 0 ? 5 : (u16)(header->current_entry - 1);
	model_answer(ghcb, 0, 0);
	return true;
}

static bool silent(struct ghcb *ghcb)
{
	ghcb->valid_bitmap[1] = 0;
	return true;
}

static void refuses_nonsense_about_page_states(void **state)
{
	static const struct {
		u64 info1, info2;
		u16 entry;
	} cases[] = {
		{0, 1, 10}, {0, 1ULL << 32, 10}, {2, 5, 10}, {1, 0x80000B0D, 10}, {0, 0, 11}, {0, 0, 0xFFFF}, {0, 0, 0},
	};
	model.event = scripted_page_state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		answer_info1 = cases[i].info1;
		answer_info2 = cases[i].info2;
		answer_entry = cases[i].entry;
		assert_int_equal(platform_page_state(gpa(0x1000), 10, WINDOW_PRIVATE), ERR_HOST);
	}
	model.event = backwards;
	u32 exits = model.exits;
	assert_int_equal(platform_page_state(gpa(0x1000), 10, WINDOW_PRIVATE), ERR_HOST);
	assert_int_equal(model.exits - exits, 2);
	model.event = silent;
	assert_int_equal(platform_page_state(gpa(0x1000), 10, WINDOW_PRIVATE), ERR_HOST);
}

static u64 seen_code, seen_info1, seen_info2, seen_rax;

static bool look(struct ghcb *ghcb)
{
	seen_code = ghcb->sw_exitcode;
	seen_info1 = ghcb->sw_exitinfo1;
	seen_info2 = ghcb->sw_exitinfo2;
	seen_rax = ghcb->rax;
	return false;
}

static void registers_a_vcpu(void **state)
{
	model.event = look;
	assert_int_equal(platform_vcpu_register(3, 2, gpa(0x5000), 1), ERR_OK);
	assert_int_equal(seen_code, GHCB_NAE_AP_CREATION);
	assert_int_equal(seen_info1, 3ULL << 32 | 2 << 16 | 1);
	assert_int_equal(seen_info2, 0x5000);
	assert_int_equal(seen_rax, 1);
}

static void runs_the_guest_unless_signalled(void **state)
{
	volatile struct hv_doorbell *page = cpu_current()->doorbell;
	model.event = look;
	assert_int_equal(platform_guest_run(2), ERR_OK);
	assert_int_equal(seen_code, GHCB_NAE_RUN_VMPL);
	assert_int_equal(seen_info1, 2);
	u32 exits = model.exits;
	page->flags = HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL | HV_DOORBELL_FLAG_NMI;
	page->vector = 0x21;
	assert_int_equal(platform_guest_run(2), ERR_OK);
	platform_idle();
	assert_int_equal(model.exits, exits);
	assert_int_equal(platform_events_take(), 0);
	assert_int_equal(model.exits, exits);
	assert_int_equal(page->flags, 0);
	assert_int_equal(page->vector, 0);
	assert_int_equal(cpu_current()->vectors_dropped, 1);
	assert_int_equal(cpu_current()->nmis_dropped, 1);
	model.event = silent;
	assert_int_equal(platform_guest_run(2), ERR_HOST);
}

static u32 listed[4];

static bool lists(struct ghcb *ghcb)
{
	if (ghcb->sw_exitcode == GHCB_NAE_APIC_ID_LIST) {
		assert_int_equal(ghcb->rax, 1);
		memcpy(own_address(gpa(ghcb->sw_exitinfo1)), listed, sizeof(listed));
	}
	return false;
}

static void asks_for_apic_ids(void **state)
{
	u32 *page = own_address(gpa(LIST_PAGE));
	u32 ids[3] = {0};
	model.event = lists;
	listed[0] = 3;
	listed[1] = 7;
	listed[2] = 0x100;
	listed[3] = 9;
	assert_int_equal(apic_ids_ask(page, ids, 3), ERR_OK);
	assert_int_equal(ids[0], 7);
	assert_int_equal(ids[1], 0x100);
	assert_int_equal(ids[2], 9);
	assert_int_equal(page[0] | page[1] | page[2] | page[3], 0);
	listed[0] = 4;
	assert_int_equal(apic_ids_ask(page, ids, 3), ERR_HOST);
	model.event = silent;
	assert_int_equal(apic_ids_ask(page, ids, 3), ERR_HOST);
}

static void does_without_apic_ids(void **state)
{
	u32 id;
	model.features &= ~GHCB_FEATURE_APIC_ID_LIST;
	meet();
	u32 exits = model.exits;
	assert_int_equal(apic_ids_ask(own_address(gpa(LIST_PAGE)), &id, 1), ERR_UNSUPPORTED);
	assert_int_equal(model.exits, exits);
}

static void another_cpu_joins(void **state)
{
	const struct host_pages pages = {own_address(gpa(LIST_PAGE)), own_address(gpa(LIST_PAGE + PAGE_SIZE))};
	assert_int_equal(host_own_features(),
			 SEV_FEATURE_SNP_ACTIVE | SEV_FEATURE_RESTRICTED_INJECTION | SEV_FEATURE_DEBUG_SWAP);
	host_share(pages);
	assert_int_equal(MODEL_ENDS(host_join(cpu_current(), pages)), 0);
	assert_int_equal(model.registered, LIST_PAGE);
	assert_int_equal(model.doorbell, LIST_PAGE + PAGE_SIZE);
	model.event = silent;
	assert_int_equal(MODEL_ENDS(host_join(cpu_current(), pages)), model_termination(TERMINATE_GHCB_RESPONSE));
}

static void machine_check_ends(void **state)
{
	cpu_current()->doorbell->flags = HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL | HV_DOORBELL_FLAG_MC;
	assert_int_equal(MODEL_ENDS((void)platform_events_take()), model_termination(TERMINATE_UNEXPECTED_TRAP));
}

static void says_why_it_ends(void **state)
{
	assert_int_equal(MODEL_ENDS(platform_terminate(TERMINATE_NO_GUEST)), model_termination(TERMINATE_NO_GUEST));
	assert_true(console_says("svsm: stopped, code 4:17: "));
	model_reset();
	meet();
	cpu_current()->terminating = true;
	assert_int_equal(MODEL_ENDS(platform_terminate(TERMINATE_STACK)), model_termination(TERMINATE_STACK));
	assert_int_equal(model.console_bytes, 0);
}

/* The host goes on running a CPU after another one has ended the SVSM. */
static void ends_on_all_cpus(void **state)
{
	const u64 ended = model_termination(TERMINATE_STACK);
	assert_int_equal(platform_guest_run(2), ERR_OK);
	assert_int_equal(MODEL_ENDS(platform_terminate(TERMINATE_STACK)), ended);
	assert_int_equal(MODEL_ENDS(platform_terminate(TERMINATE_RANDOM)), model_termination(TERMINATE_RANDOM));
	model.console_bytes = 0;
	cpu_current()->terminating = false;
	assert_int_equal(MODEL_ENDS((void)!platform_guest_run(2)), ended);
	cpu_current()->terminating = false;
	assert_int_equal(MODEL_ENDS(platform_idle()), ended);
	assert_int_equal(model.console_bytes, 0);
}

/* The other one had no stack to execute C on. */
static void ends_after_a_hopeless_trap(void **state)
{
	trap_hopeless_reason = TERMINATE_UNEXPECTED_TRAP;
	assert_int_equal(MODEL_ENDS((void)!platform_guest_run(2)), model_termination(TERMINATE_UNEXPECTED_TRAP));
	trap_hopeless_reason = 0;
	assert_int_equal(model.console_bytes, 0);
}

static void console_gives_up(void **state)
{
	model.event = silent;
	u32 exits = model.exits;
	platform_console_write("a", 1);
	platform_console_write("b", 1);
	assert_int_equal(model.exits - exits, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(meets_an_honest_host, reset),
		cmocka_unit_test_setup(refuses_sev_status, reset),
		cmocka_unit_test_setup(refuses_ghcb_version, reset),
		cmocka_unit_test_setup(names_what_the_host_lacks, reset),
		cmocka_unit_test_setup(refuses_a_foreign_ghcb, reset),
		cmocka_unit_test_setup(refuses_a_foreign_doorbell, reset),
		cmocka_unit_test_setup(changes_page_states_in_batches, reset_and_meet),
		cmocka_unit_test_setup(goes_on_where_the_host_stopped, reset_and_meet),
		cmocka_unit_test_setup(refuses_nonsense_about_page_states, reset_and_meet),
		cmocka_unit_test_setup(registers_a_vcpu, reset_and_meet),
		cmocka_unit_test_setup(runs_the_guest_unless_signalled, reset_and_meet),
		cmocka_unit_test_setup(asks_for_apic_ids, reset_and_meet),
		cmocka_unit_test_setup(does_without_apic_ids, reset),
		cmocka_unit_test_setup(machine_check_ends, reset_and_meet),
		cmocka_unit_test_setup(says_why_it_ends, reset_and_meet),
		cmocka_unit_test_setup(ends_on_all_cpus, reset_and_meet),
		cmocka_unit_test_setup(ends_after_a_hopeless_trap, reset_and_meet),
		cmocka_unit_test_setup(console_gives_up, reset_and_meet),
		cmocka_unit_test_setup(another_cpu_joins, reset_and_meet),
	};
	return cmocka_run_group_tests_name("host", tests, NULL, NULL) + test_exception() + test_interrupts() +
	       test_messages();
}
