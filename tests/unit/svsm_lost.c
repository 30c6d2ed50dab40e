/* SPDX-License-Identifier: MIT */
/* What host and other CPUs do between two steps of a call: it is done whole or not. Mostly, a page is away for one access of it. */
#include "svsm_groups.h"

#include "guest/accept.h"
#include "guest/request.h"
#include "svsm_setup.h"

#define NEW_VMSA (GUEST_PRIVATE + 0x11000)
#define NEW_AREA (GUEST_PRIVATE + 0x12000)
#define TURN_ACCESSES 10U /* to the VMSA, for one call: EFER, exit code twice, registers twice three, EFER */

static void lose(u64 page, u32 nth)
{
	fake.faults.lost_page = gpa(page);
	fake.faults.lost_countdown = nth;
}

static void page_that_is_not_cleared_is_not_granted(void **state)
{
	u32 code = 0;
	for (u32 nth = 1; nth <= 3; nth++) { /* PVALIDATE, clearing, RMPADJUST */
		lose(GUEST_SHARED, nth);
		assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_4K, &code), ERR_LOST);
		assert_int_equal(fake.faults.lost_countdown, 0);
		assert_true(setup_is_closed(GUEST_SHARED));
		assert_int_equal(setup_state(GUEST_SHARED), PAGE_STATE_SHARED);
	}
	assert_err(accept_validate(gpa(GUEST_SHARED), PAGE_4K, &code), ERR_OK);
}

static void vmsa_is_created_whole_or_not(void **state)
{
	u32 code = 0;
	u32 nth = 0;
	setup_write_vmsa(NEW_VMSA);
	do {
		lose(NEW_VMSA, ++nth);
		enum err error = vcpu_create(2, gpa(NEW_VMSA), gpa(NEW_AREA), &code);
		bool lost = fake.faults.lost_countdown == 0;
		assert_err(error, lost ? ERR_LOST : ERR_OK);
		assert_int_equal(setup_is_granted(NEW_VMSA), lost);
		assert_int_equal(setup_state(NEW_VMSA), lost ? PAGE_STATE_PRIVATE : PAGE_STATE_VMSA);
		assert_int_equal(setup_state(NEW_AREA), lost ? PAGE_STATE_PRIVATE : PAGE_STATE_CALLING_AREA);
	} while (fake.faults.lost_countdown == 0);
	assert_int_equal(nth, 6); /* five accesses: rights, VMPL, EFER, features, VMSA bit */
}

static void vmsa_is_deleted_whole_or_not(void **state)
{
	u32 code = 0;
	for (u32 nth = 1; nth <= 2; nth++) { /* EFER, rights */
		lose(GUEST_OTHER_VMSA, nth);
		assert_err(vcpu_delete(gpa(GUEST_OTHER_VMSA), &code), ERR_LOST);
		assert_true(fake_entry(gpa(GUEST_OTHER_VMSA)).vmsa);
		assert_int_equal(setup_state(GUEST_OTHER_VMSA), PAGE_STATE_VMSA);
		assert_int_equal(setup_vcpu(1)->vmsa.raw, GUEST_OTHER_VMSA);
	}
	assert_err(vcpu_delete(gpa(GUEST_OTHER_VMSA), &code), ERR_OK);
}

/* What was begun cannot be taken back either. */
static void failing_undo_is_told(void **state)
{
	u32 code = RMP_SUCCESS;
	fake.faults.permit_code = RMP_FAIL_INUSE;
	fake.faults.permit_countdown = 2; /* the VMSA is not filled */
	assert_err(vcpu_create(2, gpa(NEW_VMSA), gpa(NEW_AREA), &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_INUSE);
	setup_write_vmsa(GUEST_PRIVATE + 0x13000);
	fake.faults.permit_countdown = 2; /* the VMSA before it is lost */
	lose(GUEST_OTHER_VMSA, 1);
	code = RMP_SUCCESS;
	assert_err(vcpu_create(1, gpa(GUEST_PRIVATE + 0x13000), gpa(NEW_AREA), &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_INUSE);
	assert_int_equal(setup_vcpu(1)->vmsa.raw, GUEST_OTHER_VMSA);
}

/* The page is away for a moment, and what is there instead is refused when the rights are to come back: a result that there is. */
static void code_is_that_of_the_undo(void **state)
{
	u32 code = RMP_SUCCESS;
	setup_write_vmsa(NEW_VMSA);
	lose(NEW_VMSA, 1);
	fake.faults.permit_code = RMP_FAIL_INPUT;
	fake.faults.permit_countdown = 1;
	assert_err(vcpu_create(2, gpa(NEW_VMSA), gpa(NEW_AREA), &code), ERR_HARDWARE);
	assert_int_equal(code, RMP_FAIL_INPUT);
}

/*
 * Whatever fails, a page that the table has as the guest's memory is no VMSA to the hardware: calls write to such pages, and the host
 * could run what the guest has had written.
 */
static void page_of_the_guests_is_no_vmsa(void **state)
{
	u32 code;
	fake.faults.permit_code = RMP_FAIL_INUSE;
	for (u32 nth = 1; nth <= 3; nth++) {
		u64 page = GUEST_PRIVATE + 0x20000 + nth * PAGE_SIZE;
		setup_write_vmsa(page);
		fake.faults.permit_countdown = nth;
		lose(GUEST_OTHER_VMSA, 1);
		enum err error = vcpu_create(1, gpa(page), gpa(GUEST_OTHER_AREA), &code);
		assert_true(error == ERR_HARDWARE || error == ERR_LOST);
		assert_int_equal(setup_state(page), PAGE_STATE_PRIVATE);
		assert_false(fake_entry(gpa(page)).vmsa);
		fake.faults.lost_countdown = 0;
		fake.faults.permit_countdown = 0;
	}
}

static void vcpu_goes_on_with_the_vmsa_it_had(void **state)
{
	u32 code;
	const struct vmsa *vmsa = fake_bytes(gpa(GUEST_OTHER_VMSA));
	setup_write_vmsa(NEW_VMSA);
	lose(NEW_VMSA, 5); /* behind rights, VMPL, EFER, features: the VMSA bit */
	assert_err(vcpu_create(1, gpa(NEW_VMSA), gpa(NEW_AREA), &code), ERR_LOST);
	assert_int_equal(fake.faults.lost_countdown, 0);
	assert_int_equal(vmsa->efer & EFER_SVME, EFER_SVME);
	assert_int_equal(setup_vcpu(1)->vmsa.raw, GUEST_OTHER_VMSA);
	assert_int_equal(setup_vcpu(1)->activity, VCPU_READY);
	assert_true(setup_is_granted(NEW_VMSA));
	fake_apic_id = 1;
	lose(NEW_VMSA, 5);
	assert_err(vcpu_create(0, gpa(NEW_VMSA), gpa(NEW_AREA), &code), ERR_LOST);
	assert_int_equal(setup_first_vmsa()->efer & EFER_SVME, EFER_SVME);
	assert_false(
		setup_vcpu(0)
			->registered); /* the host may have failed to run it meanwhile, which must not end the SVSM */
}

static bool replace_meanwhile(void *context, struct vmsa *none)
{
	u32 code;
	assert_err(vcpu_create(1, gpa(NEW_VMSA), gpa(GUEST_OTHER_AREA), &code), ERR_OK);
	return true;
}

/* Another CPU gives the vCPU another VMSA when it has just been found by the one that it had. */
static void only_the_vmsa_that_is_named_is_deleted(void **state)
{
	u32 code;
	setup_write_vmsa(NEW_VMSA);
	fake.asked = replace_meanwhile;
	assert_err(vcpu_delete(gpa(GUEST_OTHER_VMSA), &code), ERR_OK);
	assert_null(fake.asked);
	assert_int_equal(setup_state(GUEST_OTHER_VMSA), PAGE_STATE_PRIVATE);
	assert_int_equal(setup_vcpu(1)->activity, VCPU_READY);
	assert_int_equal(setup_vcpu(1)->vmsa.raw, NEW_VMSA);
	assert_int_equal(setup_state(GUEST_OTHER_AREA), PAGE_STATE_CALLING_AREA);
}

struct turn {
	jmp_buf idle;
	u32 nth;
	u32 runs;
};

static bool call_and_lose(void *context, struct vmsa *vmsa)
{
	struct turn *turn = context;
	if (turn->runs++ != 0) {
		fail_msg("it runs although access %u to its VMSA failed", turn->nth);
	}
	vmsa->rax = SVSM_CORE_QUERY_PROTOCOL;
	vmsa->rcx = SVSM_CORE_VERSION;
	vmsa->guest_exitcode = SVM_EXIT_VMGEXIT;
	*(u8 *)fake_bytes(gpa(GUEST_OTHER_AREA)) = 1;
	lose(GUEST_OTHER_VMSA, turn->nth);
	return true;
}

static bool idle_after_loss(void *context, struct vmsa *none)
{
	struct turn *turn = context;
	longjmp(turn->idle, 1);
}

/* A call is answered with all of its registers, or its vCPU does not go on. */
static void call_is_answered_whole_or_not(void **state)
{
	static struct request_cpu cpu;
	static struct turn turn;
	const struct vmsa *vmsa = fake_bytes(gpa(GUEST_OTHER_VMSA));
	for (u32 nth = 1; nth <= TURN_ACCESSES; nth++) {
		setup_guest(state);
		cpu = (struct request_cpu){0};
		turn = (struct turn){.nth = nth};
		fake_apic_id = 1;
		fake_register(1, GUEST_VMPL, gpa(GUEST_OTHER_VMSA));
		fake.guest = call_and_lose;
		fake.idle = idle_after_loss;
		fake.context = &turn;
		if (setjmp(turn.idle) == 0) {
			enum err error = request_loop(&cpu);
			fail_msg("it returned %s", err_name(error));
		}
		bool called = *(u8 *)fake_bytes(gpa(GUEST_OTHER_AREA)) == 0;
		assert_int_equal(turn.runs, 1);
		assert_int_equal(called, turn.nth > 3);
		assert_int_equal(vmsa->efer & EFER_SVME, turn.nth == 1 ? EFER_SVME : 0);
		assert_int_equal(setup_vcpu(1)->activity, VCPU_READY);
		teardown_guest(state);
	}
}

#define GUEST_TEST(function) cmocka_unit_test_setup_teardown(function, setup_guest, teardown_guest)

int test_lost(void)
{
	const struct CMUnitTest tests[] = {
		GUEST_TEST(page_that_is_not_cleared_is_not_granted),
		GUEST_TEST(vmsa_is_created_whole_or_not),
		GUEST_TEST(vmsa_is_deleted_whole_or_not),
		GUEST_TEST(failing_undo_is_told),
		GUEST_TEST(code_is_that_of_the_undo),
		GUEST_TEST(page_of_the_guests_is_no_vmsa),
		GUEST_TEST(vcpu_goes_on_with_the_vmsa_it_had),
		GUEST_TEST(only_the_vmsa_that_is_named_is_deleted),
		cmocka_unit_test(call_is_answered_whole_or_not),
	};
	return cmocka_run_group_tests_name("between two steps", tests, NULL, NULL);
}
