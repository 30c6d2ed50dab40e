/* SPDX-License-Identifier: MIT */
/* The request loop, with a scripted guest. */
#include "svsm_groups.h"

#include <pthread.h>
#include <sched.h>

#include "guest/request.h"
#include "svsm_setup.h"

#define NEW_AREA (GUEST_PRIVATE + 0x12000)
#define CHANGE_TURNS 10000U /* that a change on another CPU takes */

enum step_kind {
	STEP_CALL,       /* sets call_pending, leaves by VMGEXIT */
	STEP_RESERVED,   /* the same, with a value in call_pending that there is not */
	STEP_NO_PENDING, /* leaves by VMGEXIT without a call */
	STEP_OTHER_EXIT, /* a call is pending, but the exit is another: the host resumed us early */
	STEP_NOTHING,    /* does not run at all: exit code as we left it */
};

struct step {
	enum step_kind kind;
	u64 rax, rcx;
	u64 area; /* 0: the first one */
};

static struct {
	const struct step *steps;
	size_t count, next;
	u64 rax[8], rcx[8]; /* as the guest finds them at the beginning of each turn */
	u8 pending[8];      /* of the area of the step before */
} script;

static u32 idle_turns;
static struct request_cpu loop; /* of run */

static u64 area_of(const struct step *step)
{
	return step->area != 0 ? step->area : GUEST_CALLING_AREA;
}

static bool play(void *context, struct vmsa *vmsa)
{
	assert_true((vmsa->efer & EFER_SVME) != 0);
	script.rax[script.next] = vmsa->rax;
	script.rcx[script.next] = vmsa->rcx;
	if (script.next > 0) {
		script.pending[script.next] = *(u8 *)fake_bytes(gpa(area_of(&script.steps[script.next - 1])));
	}
	if (script.next == script.count) {
		return false;
	}
	const struct step *step = &script.steps[script.next++];
	const u8 pending = step->kind == STEP_RESERVED ? 0x80 : SVSM_CALL_PENDING;
	if (step->kind != STEP_NOTHING) {
		vmsa->rax = step->rax;
		vmsa->rcx = step->rcx;
		vmsa->rdx = 0xD0;
		vmsa->r8 = 0xD8;
		vmsa->r9 = 0xD9;
		vmsa->rbx = 0xB0;
		vmsa->guest_exitcode = step->kind == STEP_OTHER_EXIT ? SVM_EXIT_INTR : SVM_EXIT_VMGEXIT;
	}
	if (step->kind != STEP_NO_PENDING) {
		assert_true(fake_guest_store(GUEST_VMPL, gpa(area_of(step)), &pending, 1));
	}
	return true;
}

static void run(const struct step *steps, size_t count)
{
	loop = (struct request_cpu){0};
	memset(&script, 0, sizeof(script));
	script.steps = steps;
	script.count = count;
	fake.guest = play;
	assert_err(request_loop(&loop), ERR_HOST);
	assert_int_equal(script.next, count);
	assert_int_equal(fake.counters.runs, count + 1);
}

static void null_call_is_answered(void **state)
{
	const struct step steps[] = {{STEP_CALL, SVSM_CORE_QUERY_PROTOCOL, 1, 0}};
	run(steps, 1);
	assert_int_equal(script.rax[1], SVSM_SUCCESS);
	assert_int_equal(script.rcx[1], 1ULL << 32 | 1);
	assert_int_equal(script.pending[1], 0);
	const struct vmsa *vmsa = setup_first_vmsa();
	assert_int_equal(vmsa->rdx, 0xD0);
	assert_int_equal(vmsa->r8, 0xD8);
	assert_int_equal(vmsa->r9, 0xD9);
	assert_int_equal(vmsa->rbx, 0xB0);
	assert_int_equal(vmsa->guest_exitcode, SVM_EXIT_INTR);
	assert_true((vmsa->efer & EFER_SVME) != 0);
}

static void longest_call_is_known(void **state)
{
	const struct step steps[] = {
		{STEP_CALL, SVSM_CORE_DELETE_VCPU, GUEST_OTHER_VMSA, 0},
		{STEP_CALL, SVSM_CORE_QUERY_PROTOCOL, 1, 0},
	};
	run(steps, ARRAY_SIZE(steps));
	assert_int_equal(loop.longest, BUDGET_VCPU);
}

static void spurious_returns_change_nothing(void **state)
{
	const struct step steps[] = {
		{STEP_NO_PENDING, SVSM_CORE_QUERY_PROTOCOL, 1, 0},
		{STEP_OTHER_EXIT, SVSM_CORE_QUERY_PROTOCOL, 1, 0},
		{STEP_CALL, SVSM_CORE_QUERY_PROTOCOL, 2, 0},
		{STEP_NOTHING, 0, 0, 0},
	};
	run(steps, ARRAY_SIZE(steps));
	assert_int_equal(script.rax[1], SVSM_CORE_QUERY_PROTOCOL);
	assert_int_equal(script.rcx[1], 1);
	assert_int_equal(script.rax[2], SVSM_CORE_QUERY_PROTOCOL);
	assert_int_equal(script.pending[2], 1);
	assert_int_equal(script.rax[3], SVSM_SUCCESS);
	assert_int_equal(script.rcx[3], 0);
	assert_int_equal(script.rax[4], SVSM_SUCCESS);
	assert_int_equal(script.pending[4], 1); /* an exit code counts once */
}

static void reserved_value_is_no_call(void **state)
{
	const struct step steps[] = {{STEP_RESERVED, SVSM_CORE_QUERY_PROTOCOL, 1, 0}};
	run(steps, 1);
	assert_int_equal(script.rax[1], SVSM_ERR_INVALID_FORMAT);
	assert_int_equal(script.rcx[1], 1);
	assert_int_equal(script.pending[1], 0);
}

static void calling_area_moves_between_calls(void **state)
{
	const struct step steps[] = {
		{STEP_CALL, SVSM_CORE_REMAP_CA, NEW_AREA, 0},
		{STEP_CALL, SVSM_CORE_QUERY_PROTOCOL, 1, NEW_AREA},
		{STEP_CALL, SVSM_CORE_QUERY_PROTOCOL, 1, GUEST_CALLING_AREA},
		{STEP_CALL, SVSM_CORE_REMAP_CA, GUEST_CALLING_AREA, NEW_AREA},
	};
	run(steps, ARRAY_SIZE(steps));
	assert_int_equal(script.rax[1], SVSM_SUCCESS);
	assert_int_equal(script.pending[1], 0); /* the area under which the call was made */
	assert_int_equal(script.rax[2], SVSM_SUCCESS);
	assert_int_equal(script.rcx[2], 1ULL << 32 | 1);
	assert_int_equal(script.pending[2], 0);
	assert_int_equal(script.rax[3], SVSM_CORE_QUERY_PROTOCOL);
	assert_int_equal(script.pending[3], 1); /* nobody looks there any more */
	assert_int_equal(script.rax[4], SVSM_SUCCESS);
	assert_int_equal(script.pending[4], 0);
}

static void windows_stay_open_between_calls(void **state)
{
	const struct step call = {STEP_CALL, SVSM_CORE_QUERY_PROTOCOL, 1, 0};
	const struct step steps[] = {call, call, call};
	run(steps, ARRAY_SIZE(steps));
	assert_int_equal(fake.counters.windows, 2);
	assert_int_equal(fake_open_windows(), 1U << WINDOW_SLOT_VMSA | 1U << WINDOW_SLOT_CALLING_AREA);
}

static bool take_areas(void *context, struct vmsa *vmsa)
{
	const u64 *page = context;
	if (script.next == 0) {
		assert_err(platform_page_state(gpa(*page), 1, WINDOW_SHARED), ERR_OK);
	}
	vmsa->rax = SVSM_CORE_QUERY_PROTOCOL;
	vmsa->guest_exitcode = SVM_EXIT_VMGEXIT;
	return script.next++ < 2;
}

/* Its own doing or the host's: there is no call in an area that is not there, and the SVSM goes on. */
static void calling_area_may_be_taken_away(void **state)
{
	static struct request_cpu cpu;
	u64 area = GUEST_CALLING_AREA;
	cpu = (struct request_cpu){0};
	memset(&script, 0, sizeof(script));
	*(u8 *)fake_bytes(gpa(area)) = 1;
	fake.guest = take_areas;
	fake.context = &area;
	assert_err(request_loop(&cpu), ERR_HOST);
	assert_int_equal(fake.counters.runs, 3);
	assert_int_equal(setup_first_vmsa()->rax, SVSM_CORE_QUERY_PROTOCOL);
	assert_false(fake_entry(gpa(area)).validated);
}

static bool count_idle(void *context, struct vmsa *vmsa)
{
	return ++idle_turns < 3 ? true : (longjmp(*(jmp_buf *)context, 1), false);
}

static bool lose_vmsa(void *context, struct vmsa *vmsa)
{
	*(u8 *)fake_bytes(gpa(GUEST_OTHER_AREA)) = 1;
	vmsa->guest_exitcode = SVM_EXIT_VMGEXIT;
	fake_replace(gpa(GUEST_OTHER_VMSA));
	return true;
}

static void vmsa_may_be_taken_away(void **state)
{
	static struct request_cpu cpu;
	static jmp_buf back;
	cpu = (struct request_cpu){0};
	idle_turns = 0;
	fake_apic_id = 1;
	fake_register(1, GUEST_VMPL, gpa(GUEST_OTHER_VMSA));
	fake.guest = lose_vmsa;
	fake.idle = count_idle;
	fake.context = &back;
	if (setjmp(back) == 0) {
		enum err error = request_loop(&cpu);
		fail_msg("it returned %s", err_name(error));
	}
	assert_false(fake_entry(gpa(GUEST_OTHER_VMSA)).validated);
	assert_int_equal(setup_vcpu(1)->activity, VCPU_READY);
}

static void foreign_apic_id_has_no_loop(void **state)
{
	static struct request_cpu cpu;
	fake_apic_id = 55;
	assert_err(request_loop(&cpu), ERR_NOT_FOUND);
}

/* A CPU without a vCPU waits; then the guest makes one, and tells the host later. */
static bool create_while_idle(void *context, struct vmsa *vmsa)
{
	u32 code;
	idle_turns++;
	if (idle_turns == 2) {
		assert_int_equal(setup_vcpu(2)->inside, 0);
		fake_apic_id = 0;
		setup_write_vmsa(GUEST_PRIVATE + 0x11000);
		assert_err(vcpu_create(2, gpa(GUEST_PRIVATE + 0x11000), gpa(NEW_AREA), &code), ERR_OK);
		fake_apic_id = 2;
	} else if (idle_turns == 4) {
		fake_register(2, GUEST_VMPL, gpa(GUEST_PRIVATE + 0x11000));
	} else if (idle_turns > 4) {
		longjmp(*(jmp_buf *)context, 1);
	}
	return true;
}

static void second_cpu_waits_for_its_vcpu(void **state)
{
	static const struct step steps[] = {{STEP_CALL, SVSM_CORE_QUERY_PROTOCOL, 1, NEW_AREA}};
	static struct request_cpu cpu;
	static jmp_buf back;
	cpu = (struct request_cpu){0};
	memset(&script, 0, sizeof(script));
	script.steps = steps;
	script.count = 1;
	idle_turns = 0;
	fake_apic_id = 2;
	fake.guest = play;
	fake.idle = create_while_idle;
	fake.context = &back;
	if (setjmp(back) == 0) {
		enum err error = request_loop(&cpu);
		fail_msg("it returned %s", err_name(error));
	}
	assert_int_equal(idle_turns, 5);
	assert_int_equal(script.rax[1], SVSM_SUCCESS);
	assert_int_equal(script.rcx[1], 1ULL << 32 | 1);
}

/* Another CPU tries to give the vCPU another VMSA just when it makes a call, and fails. */
static bool call_while_changing(void *context, struct vmsa *vmsa)
{
	if (vmsa->rax == SVSM_SUCCESS) {
		longjmp(*(jmp_buf *)context, 1);
	}
	assert_int_equal(vmsa->guest_exitcode, 0); /* it has not run with the call that nobody took */
	vmsa->rax = SVSM_CORE_QUERY_PROTOCOL;
	vmsa->guest_exitcode = SVM_EXIT_VMGEXIT;
	*(u8 *)fake_bytes(gpa(GUEST_CALLING_AREA)) = 1;
	__atomic_store_n(&setup_vcpu(0)->activity, VCPU_CHANGING, __ATOMIC_RELEASE);
	return true;
}

static bool never_idles(void *context, struct vmsa *none)
{
	fail_msg("it waits for something");
	return false;
}

static void *fail_to_change(void *vcpu)
{
	u32 *activity = &((struct vcpu *)vcpu)->activity;
	while (__atomic_load_n(activity, __ATOMIC_ACQUIRE) != VCPU_CHANGING) {
		sched_yield();
	}
	for (u32 i = 0; i < CHANGE_TURNS; i++) {
		sched_yield();
	}
	__atomic_store_n(activity, VCPU_READY, __ATOMIC_RELEASE);
	return NULL;
}

static void call_waits_for_the_end_of_a_change(void **state)
{
	static struct request_cpu cpu;
	static jmp_buf back;
	pthread_t other;
	cpu = (struct request_cpu){0};
	setup_first_vmsa()->rax = SVSM_CORE_QUERY_PROTOCOL;
	fake.guest = call_while_changing;
	fake.idle = never_idles;
	fake.context = &back;
	assert_int_equal(pthread_create(&other, NULL, fail_to_change, setup_vcpu(0)), 0);
	if (setjmp(back) == 0) {
		enum err error = request_loop(&cpu);
		fail_msg("it returned %s", err_name(error));
	}
	pthread_join(other, NULL);
	assert_int_equal(*(u8 *)fake_bytes(gpa(GUEST_CALLING_AREA)), 0);
}

#define GUEST_TEST(function) cmocka_unit_test_setup_teardown(function, setup_guest, teardown_guest)

int test_request(void)
{
	const struct CMUnitTest tests[] = {
		GUEST_TEST(null_call_is_answered),
		GUEST_TEST(longest_call_is_known),
		GUEST_TEST(spurious_returns_change_nothing),
		GUEST_TEST(calling_area_moves_between_calls),
		GUEST_TEST(reserved_value_is_no_call),
		GUEST_TEST(windows_stay_open_between_calls),
		GUEST_TEST(calling_area_may_be_taken_away),
		GUEST_TEST(vmsa_may_be_taken_away),
		GUEST_TEST(foreign_apic_id_has_no_loop),
		GUEST_TEST(second_cpu_waits_for_its_vcpu),
		GUEST_TEST(call_waits_for_the_end_of_a_change),
	};
	return cmocka_run_group_tests_name("request loop", tests, NULL, NULL);
}
