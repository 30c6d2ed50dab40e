/* SPDX-License-Identifier: MIT */
/* The SVSM's own interrupts: with a host that offers them, and with hosts that do not. */
#include "snp/interrupts.h"

#include <stdarg.h>
#include <string.h>

#include "snp/host_model.h"

#include <cmocka.h>
#include <copra/sev.h>

#include "cpu/per_cpu.h"
#include "mm/own_map.h"
#include "platform/snp/doorbell.h"
#include "platform/snp/flush.h"
#include "platform/snp/host.h"
#include "platform/snp/own_apic.h"
#include "platform/start.h"

#define GHCB_PAGE (MODEL_BASE + 0x10000)
#define DOORBELL_PAGE (MODEL_BASE + 0x11000)
#define SIGNALLED HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL

static struct host_pages pages(void)
{
	return (struct host_pages){own_address(gpa(GHCB_PAGE)), own_address(gpa(DOORBELL_PAGE))};
}

static void meet(void)
{
	host_meet(cpu_current(), model_layout(), pages());
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

/* The host presents a vector. */
static void present(u8 vector)
{
	volatile struct hv_doorbell *page = cpu_current()->doorbell;
	page->vector = vector;
	page->flags |= SIGNALLED;
}

static void its_apic_is_switched_on(void **state)
{
	assert_true(platform_interrupts());
	assert_string_equal(platform_interrupts_text(), "timer and IPIs");
	assert_int_equal(model.apic_base, 0xFEE00D00);
	assert_int_equal(model.apic_lvt_timer, OWN_APIC_TIMER_VECTOR);
	assert_int_equal(model.apic_timer, 0);
}

extern const u8 doorbell_vmgexit_window[], doorbell_vmgexit_window_end[], doorbell_halt_window[],
	doorbell_halt_window_end[], doorbell_exit_cancel[];

/* Where #HV returns to when it came at rip. */
static const u8 *resumes_at(const u8 *rip)
{
	u64 at = (u64)rip;
	doorbell_signalled(&at);
	return (const u8 *)at;
}

/* Between the last look at the page and the exit: the exit does not happen. Anywhere else the code goes on. */
static void signal_calls_an_exit_off(void **state)
{
	for (const u8 *rip = doorbell_vmgexit_window - 2; rip < doorbell_exit_cancel + 2; rip++) {
		bool inside = (rip >= doorbell_vmgexit_window && rip < doorbell_vmgexit_window_end) ||
			      (rip >= doorbell_halt_window && rip < doorbell_halt_window_end);
		assert_ptr_equal(resumes_at(rip), inside ? doorbell_exit_cancel : rip);
	}
}

static void its_own_vectors_are_events(void **state)
{
	assert_int_equal(platform_events_take(), 0);
	present(OWN_APIC_TIMER_VECTOR);
	assert_int_equal(*platform_events_signal() & 0x80, 0x80);
	assert_int_equal(platform_events_take(), PLATFORM_EVENT_TIMER);
	assert_int_equal(*platform_events_signal(), 0);
	assert_int_equal(model.apic_ends, 1);
	present(OWN_APIC_KICK_VECTOR);
	assert_int_equal(platform_events_take(), PLATFORM_EVENT_KICK);
	assert_int_equal(model.apic_ends, 2);
	assert_int_equal(platform_events_take(), 0);
	assert_int_equal(cpu_current()->vectors_dropped, 0);
}

static void no_end_where_none_is_wanted(void **state)
{
	cpu_current()->doorbell->no_eoi_required = HV_DOORBELL_NO_EOI;
	present(OWN_APIC_KICK_VECTOR);
	assert_int_equal(platform_events_take(), PLATFORM_EVENT_KICK);
	assert_int_equal(model.apic_ends, 0);
	assert_int_equal(cpu_current()->doorbell->no_eoi_required, 0);
}

static void foreign_vectors_are_dropped(void **state)
{
	static const u8 foreign[] = {2, 14, 29, 0x20, 0x61, 0xFF};
	for (size_t i = 0; i < sizeof(foreign); i++) {
		present(foreign[i]);
		assert_int_equal(platform_events_take(), 0);
		assert_int_equal(cpu_current()->doorbell->vector, 0);
	}
	assert_int_equal(cpu_current()->vectors_dropped, sizeof(foreign));
	assert_int_equal(model.apic_ends, 0);
}

static void the_timer_runs_once(void **state)
{
	platform_timer_arm(1000);
	assert_int_equal(model.apic_timer, 1000000);
	platform_timer_arm(UINT32_MAX);
	assert_int_equal(model.apic_timer, UINT32_MAX);
	cpu_current()->events = PLATFORM_EVENT_TIMER | PLATFORM_EVENT_KICK;
	platform_timer_stop();
	assert_int_equal(model.apic_timer, 0);
	assert_int_equal(platform_events_take(), PLATFORM_EVENT_KICK);
}

static void a_kick_is_an_ipi(void **state)
{
	platform_cpu_kick(0x103);
	assert_int_equal(model.last_ipi, 0x103ULL << 32 | 0x4000 | OWN_APIC_KICK_VECTOR);
}

static bool refuses(struct ghcb *ghcb)
{
	model_answer(ghcb, GHCB_RESULT_MALFORMED, GHCB_ERROR_INVALID_INPUT);
	return true;
}

static void what_worked_must_go_on_working(void **state)
{
	const u64 ended = model_termination(TERMINATE_GHCB_RESPONSE);
	model.event = refuses;
	assert_int_equal(MODEL_ENDS(platform_timer_arm(1)), ended);
	assert_int_equal(MODEL_ENDS(platform_timer_stop()), ended);
	assert_int_equal(MODEL_ENDS(platform_cpu_kick(1)), ended);
	present(OWN_APIC_TIMER_VECTOR);
	assert_int_equal(MODEL_ENDS((void)platform_events_take()), ended);
	assert_int_equal(MODEL_ENDS(host_join(cpu_current(), pages())), ended);
}

/* Nothing is asked of the host then, and nothing waits for it. */
static void does_without(const char *why)
{
	assert_int_equal(MODEL_ENDS(meet()), 0);
	assert_false(platform_interrupts());
	assert_string_equal(platform_interrupts_text(), why);
	u32 exits = model.exits;
	platform_timer_arm(1000);
	platform_timer_stop();
	platform_cpu_kick(1);
	assert_int_equal(platform_events_take(), 0);
	assert_int_equal(model.exits, exits);
	assert_int_equal(platform_guest_run(2), ERR_OK);
	assert_int_equal(model.exits, exits + 1);
	platform_idle();
	assert_int_equal(MODEL_ENDS(host_join(cpu_current(), pages())), 0);
}

static void a_host_without_restricted_injection(void **state)
{
	model.features &= ~GHCB_FEATURE_RESTRICTED_INJECTION;
	does_without("none, the host does not offer restricted injection");
	assert_int_equal(model.doorbell, 0);
	assert_ptr_equal(cpu_current()->doorbell, NULL);
}

static void an_image_without_restricted_injection(void **state)
{
	model.sev_status &= ~(SEV_FEATURE_RESTRICTED_INJECTION << SEV_STATUS_FEATURES_SHIFT);
	does_without("none, the image was built without restricted injection");
	assert_int_equal(model.doorbell, 0);
	assert_int_equal(host_own_features(), SEV_FEATURE_SNP_ACTIVE | SEV_FEATURE_DEBUG_SWAP);
}

static void a_host_without_x2apic(void **state)
{
	model.x2apic_refused = true;
	does_without("none, the host has no x2APIC for VMPL0");
	assert_int_equal(model.doorbell, DOORBELL_PAGE);
	present(OWN_APIC_TIMER_VECTOR);
	assert_int_equal(platform_events_take(), 0);
	assert_int_equal(cpu_current()->vectors_dropped, 1);
}

static struct cpu other;
static u32 looks;

static void flushes_by_ipi(void)
{
	other = (struct cpu){.apic_id = 5};
	looks = 0;
	flush_begin(false);
	flush_join(cpu_current());
	flush_join(&other);
	flush_leave();
	flush_enter();
	model.own_flushes = 0;
	model.last_ipi = 0;
}

static void flush_is_broadcast(void **state)
{
	flush_begin(true);
	platform_flush_guest();
	assert_int_equal(model.flushes, 1);
	assert_int_equal(model.syncs, 1);
	assert_int_equal(model.own_flushes, 0);
	assert_int_equal(model.last_ipi, 0);
}

static void come_in(void)
{
	other.outside = ++looks < 3;
}

static void cpu_in_the_guest_is_called_for_a_flush(void **state)
{
	flushes_by_ipi();
	other.outside = true;
	model.relax = come_in;
	platform_flush_guest();
	assert_int_equal(looks, 3);
	assert_int_equal(model.last_ipi >> 32, 5);
	assert_int_equal(model.own_flushes, 2); /* off and on */
	assert_int_equal(model.flushes, 0);
}

static void come_and_go(void)
{
	other.flushed = UINT64_MAX;
}

static void cpu_that_came_and_went_has_flushed(void **state)
{
	flushes_by_ipi();
	other.outside = true;
	model.relax = come_and_go;
	platform_flush_guest();
	assert_true(other.outside);
}

static void cpu_inside_flushes_before_it_leaves(void **state)
{
	flushes_by_ipi();
	platform_flush_guest();
	assert_int_equal(model.last_ipi, 0);
	model.own_flushes = 0;
	flush_leave();
	assert_true(cpu_current()->outside);
	assert_int_equal(model.own_flushes, 0); /* its own flush was one */
	flush_enter();
	assert_false(cpu_current()->outside);
	cpu_current()->flushed = 0; /* another CPU has asked for one */
	platform_idle();
	assert_int_equal(model.own_flushes, 2);
}

/* The CPUID page of this model says nothing of INVLPGB. */
static void several_cpus_need_a_way_to_flush(void **state)
{
	model.x2apic_refused = true;
	model_layout()->max_vcpus = 1;
	assert_int_equal(MODEL_ENDS(meet()), 0);
	model_reset();
	model.x2apic_refused = true;
	model_layout()->max_vcpus = 2;
	assert_int_equal(MODEL_ENDS(meet()), model_termination(TERMINATE_CPUID_INVALID));
}

int test_interrupts(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(its_apic_is_switched_on, reset_and_meet),
		cmocka_unit_test_setup(signal_calls_an_exit_off, reset_and_meet),
		cmocka_unit_test_setup(its_own_vectors_are_events, reset_and_meet),
		cmocka_unit_test_setup(no_end_where_none_is_wanted, reset_and_meet),
		cmocka_unit_test_setup(foreign_vectors_are_dropped, reset_and_meet),
		cmocka_unit_test_setup(the_timer_runs_once, reset_and_meet),
		cmocka_unit_test_setup(a_kick_is_an_ipi, reset_and_meet),
		cmocka_unit_test_setup(what_worked_must_go_on_working, reset_and_meet),
		cmocka_unit_test_setup(a_host_without_restricted_injection, reset),
		cmocka_unit_test_setup(an_image_without_restricted_injection, reset),
		cmocka_unit_test_setup(a_host_without_x2apic, reset),
		cmocka_unit_test_setup(flush_is_broadcast, reset_and_meet),
		cmocka_unit_test_setup(cpu_in_the_guest_is_called_for_a_flush, reset_and_meet),
		cmocka_unit_test_setup(cpu_that_came_and_went_has_flushed, reset_and_meet),
		cmocka_unit_test_setup(cpu_inside_flushes_before_it_leaves, reset_and_meet),
		cmocka_unit_test_setup(several_cpus_need_a_way_to_flush, reset),
	};
	return cmocka_run_group_tests_name("interrupts", tests, NULL, NULL);
}
