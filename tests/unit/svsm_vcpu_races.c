/* SPDX-License-Identifier: MIT */
/* One CPU creates a vCPU while another one deletes the same VMSA, again and again. */
#include <pthread.h>
#include <sched.h>

#include "svsm_groups.h"
#include "svsm_setup.h"

#define ROUNDS 100U
#define VMSA (GUEST_PRIVATE + 0x11000)
#define AREA (GUEST_PRIVATE + 0x12000)
/* Many vCPUs, of which the first is created: so it takes a while from the look at that one until all have been looked at. */
#define VCPUS 2000U
#define FIRST_ID 100U

static struct vcpu pool[VCPUS];

static u32 round_begun; /* atomic; both count to it */
static u32 round_seen;  /* atomic: the other CPU is at it */
static u32 round_done;  /* atomic */

static u32 wrong; /* results of the other CPU's that cannot be */

static void delete_once(void)
{
	u32 code;
	enum err error = vcpu_delete(gpa(VMSA), &code);
	wrong += error != ERR_OK && error != ERR_BUSY && error != ERR_NOT_FOUND ? 1 : 0;
}

static void *deletes(void *nothing)
{
	fake_apic_id = 1;
	for (u32 i = 1; i <= ROUNDS; i++) {
		while (__atomic_load_n(&round_begun, __ATOMIC_ACQUIRE) != i) {
			(void)sched_yield();
		}
		while (__atomic_load_n(&round_begun, __ATOMIC_ACQUIRE) == i) {
			delete_once();
			__atomic_store_n(&round_seen, i, __ATOMIC_RELEASE);
			if (__atomic_load_n(&round_done, __ATOMIC_ACQUIRE) == 2 * i - 1) {
				__atomic_store_n(&round_done, 2 * i, __ATOMIC_RELEASE);
				break;
			}
		}
	}
	return nothing;
}

static void round_run(u32 i)
{
	u32 code;
	setup_write_vmsa(VMSA);
	__atomic_store_n(&round_begun, i, __ATOMIC_RELEASE);
	while (__atomic_load_n(&round_seen, __ATOMIC_ACQUIRE) != i) {
		(void)sched_yield();
	}
	enum err error = vcpu_create(FIRST_ID, gpa(VMSA), gpa(AREA), &code);
	__atomic_store_n(&round_done, 2 * i - 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(&round_done, __ATOMIC_ACQUIRE) != 2 * i) {
		(void)sched_yield();
	}
	assert_true(error == ERR_OK || error == ERR_BUSY);
}

/* What a vCPU runs is a VMSA, and no memory of the guest's. */
static void a_vmsa_in_force_is_not_deleted_alone(void **state)
{
	static u32 ids[VCPUS];
	pthread_t thread;
	u32 code;
	for (u32 i = 0; i < VCPUS; i++) {
		ids[i] = FIRST_ID + i;
	}
	assert_err(vcpus_init(pool, ids, VCPUS), ERR_OK);
	assert_int_equal(pthread_create(&thread, NULL, deletes, NULL), 0);
	for (u32 i = 1; i <= ROUNDS; i++) {
		round_run(i);
		bool has_vmsa = setup_state(VMSA) == PAGE_STATE_VMSA;
		bool is_ready = vcpu_is_ready(&pool[0]);
		if (is_ready != has_vmsa) {
			fail_msg("round %u: the vCPU is %s, its page %s", i, is_ready ? "ready" : "absent",
				 has_vmsa ? "a VMSA" : "none");
		}
		if (is_ready) {
			assert_err(vcpu_delete(gpa(VMSA), &code), ERR_OK);
		}
	}
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(wrong, 0);
}

int test_vcpu_races(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_vmsa_in_force_is_not_deleted_alone, setup_guest, teardown_guest),
	};
	return cmocka_run_group_tests_name("vCPUs, races", tests, NULL, NULL);
}
