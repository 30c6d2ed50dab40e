/* SPDX-License-Identifier: MIT */
#include "machine.h"

#include "apic/apic.h"

#define KHZ 2000000ULL /* two TSC ticks a timer count */

static struct apic apic;

static void write_register(u32 number, u64 value, struct apic_effect *effect)
{
	assert_true(apic_write(&apic, number, value, effect));
}

static u64 read_register(u32 number, u64 now)
{
	u64 value = 0;
	assert_true(apic_read(&apic, number, now, KHZ, &value));
	return value;
}

static void timer_run(u64 now)
{
	u32 vector = apic_timer_poll(&apic, now, KHZ);
	if (vector != APIC_NO_VECTOR) {
		assert_int_equal(apic_post(&apic, vector, false), APIC_POSTED);
	}
}

static int setup_enabled(void **state)
{
	struct apic_effect effect;
	apic_reset(&apic, 3, true);
	write_register(APIC_SVR, APIC_SVR_ENABLED | 0xFF, &effect);
	return 0;
}

static int setup_x2apic(void **state)
{
	setup_enabled(state);
	assert_true(apic_base_write(&apic, apic.base_msr | APIC_BASE_X2APIC));
	return 0;
}

static void test_reset(void **state)
{
	apic_reset(&apic, 3, true);
	assert_int_equal(apic.lvt_lint0, APIC_LVT_MODE_EXTINT);
	assert_true((apic.base_msr & APIC_BASE_BSP) != 0);
	assert_int_equal(read_register(APIC_ID, 0), 3U << 24);
	assert_false(apic_post(&apic, 0x40, false)); /* off until SVR says otherwise */
	apic_reset(&apic, 4, false);
	assert_int_equal(apic.lvt_lint0, APIC_LVT_MASKED);
	assert_true((apic.base_msr & APIC_BASE_BSP) == 0);
}

/* INIT keeps ID and mode; the rest is as after reset, and no timer runs on. */
static void test_init(void **state)
{
	struct apic fresh;
	struct apic_effect effect;
	write_register(APIC_TPR, 0x20, &effect);
	write_register(APIC_LVT_TIMER, 0x40, &effect);
	write_register(APIC_TIMER_INITIAL, 1000, &effect);
	apic_timer_restart(&apic, APIC_TIMER_INITIAL, 1, KHZ);
	apic.nmi_pending = true;
	apic.external_pending = 0x130;
	u64 started = apic.timer_started;
	apic_init(&apic);
	apic_reset(&fresh, 3, true);
	assert_true(apic_is_x2apic(&apic));
	fresh.base_msr = apic.base_msr;
	fresh.timer_started = started;
	assert_memory_equal(&apic, &fresh, sizeof(apic));
	assert_int_equal(apic_timer_poll(&apic, UINT64_MAX, KHZ), APIC_NO_VECTOR);
}

static void deliver(u32 vector)
{
	apic_present(&apic, vector);
	apic_accept(&apic, vector);
}

static void test_priorities(void **state)
{
	struct apic_effect effect;
	assert_true(apic_post(&apic, 0x41, false));
	assert_true(apic_post(&apic, 0x52, false));
	assert_int_equal(apic_deliverable(&apic), 0x52);
	deliver(0x52);
	assert_int_equal(apic_deliverable(&apic), APIC_NO_VECTOR);
	assert_int_equal(read_register(APIC_PPR, 0), 0x50);
	assert_true(apic_post(&apic, 0x5F, false)); /* the same class waits */
	assert_int_equal(apic_deliverable(&apic), APIC_NO_VECTOR);
	assert_true(apic_post(&apic, 0x60, false));
	assert_int_equal(apic_deliverable(&apic), 0x60);
	write_register(APIC_TPR, 0x60, &effect);
	assert_int_equal(apic_deliverable(&apic), APIC_NO_VECTOR);
	write_register(APIC_TPR, 0, &effect);
	deliver(0x60);
	write_register(APIC_EOI, 0, &effect);
	assert_false(effect.ended_level);
	assert_int_equal(effect.vector, 0x60);
	write_register(APIC_EOI, 0, &effect);
	assert_int_equal(effect.vector, 0x52);
	assert_int_equal(apic_deliverable(&apic), 0x5F);
}

/* The same interrupt arrives again while the first is on its way: it counts, too. */
static void test_arrives_twice(void **state)
{
	struct apic_effect effect;
	assert_true(apic_post(&apic, 0x41, false));
	apic_present(&apic, 0x41);
	assert_int_equal(apic_deliverable(&apic), APIC_NO_VECTOR);
	assert_int_equal(apic_withdraw(&apic, 0x41), APIC_POSTED);
	assert_int_equal(apic_deliverable(&apic), 0x41);
	apic_present(&apic, 0x41);
	assert_true(apic_post(&apic, 0x41, false));
	apic_accept(&apic, 0x41);
	assert_int_equal(apic_deliverable(&apic), APIC_NO_VECTOR);
	write_register(APIC_EOI, 0, &effect);
	assert_int_equal(apic_deliverable(&apic), 0x41);
}

static void test_level(void **state)
{
	struct apic_effect effect;
	assert_true(apic_post(&apic, 0x31, true));
	assert_int_equal(read_register(APIC_TMR + 1, 0), 1U << 0x11);
	deliver(0x31);
	write_register(APIC_EOI, 0, &effect);
	assert_true(effect.ended_level);
	assert_int_equal(effect.vector, 0x31);
	assert_true(apic_post(&apic, 0x31, false));
	deliver(0x31);
	write_register(APIC_EOI, 0, &effect);
	assert_false(effect.ended_level);
	write_register(APIC_EOI, 0, &effect); /* nothing is in service */
	assert_false(effect.ended_level);
}

static void test_illegal_vectors(void **state)
{
	assert_false(apic_post(&apic, 15, false));
	assert_false(apic_post(&apic, 256, false));
	assert_true(apic_post(&apic, 16, false));
	assert_true(apic_post(&apic, 255, false));
}

static void timer_write(u32 number, u64 value, u64 now)
{
	struct apic_effect effect;
	write_register(number, value, &effect);
	apic_timer_restart(&apic, number, now, KHZ);
}

static void test_timer_once(void **state)
{
	timer_write(APIC_LVT_TIMER, 0x40, 0);
	timer_write(APIC_TIMER_DIVIDE, 0xB, 0);
	timer_write(APIC_TIMER_INITIAL, 100, 1000);
	assert_int_equal(apic.deadline, 1200);
	assert_int_equal(read_register(APIC_TIMER_CURRENT, 1100), 50);
	timer_run(1199);
	assert_int_equal(apic_deliverable(&apic), APIC_NO_VECTOR);
	timer_run(1200);
	assert_int_equal(apic_deliverable(&apic), 0x40);
	assert_int_equal(apic.deadline, 0);
	assert_int_equal(read_register(APIC_TIMER_CURRENT, 1300), 0);
}

static void test_timer_periodic(void **state)
{
	timer_write(APIC_LVT_TIMER, APIC_LVT_TIMER_PERIODIC | 0x40, 0);
	timer_write(APIC_TIMER_DIVIDE, 0, 0); /* by two */
	timer_write(APIC_TIMER_INITIAL, 10, 0);
	assert_int_equal(apic.deadline, 40);
	timer_run(130); /* two were missed: one interrupt, and the beat is kept */
	assert_int_equal(apic_deliverable(&apic), 0x40);
	assert_int_equal(apic.deadline, 160);
}

static void test_timer_masked(void **state)
{
	timer_write(APIC_LVT_TIMER, APIC_LVT_MASKED | 0x40, 0);
	timer_write(APIC_TIMER_INITIAL, 1, 0);
	timer_run(100000);
	assert_int_equal(apic_deliverable(&apic), APIC_NO_VECTOR);
	timer_write(APIC_TIMER_INITIAL, 0, 0);
	assert_int_equal(apic.deadline, 0);
}

static void test_timer_deadline(void **state)
{
	apic_deadline_write(&apic, 500); /* not in deadline mode: ignored */
	assert_int_equal(apic.deadline, 0);
	timer_write(APIC_LVT_TIMER, APIC_LVT_TIMER_DEADLINE | 0x41, 0);
	timer_write(APIC_TIMER_INITIAL, 100, 0);
	assert_int_equal(apic.deadline, 0);
	apic_deadline_write(&apic, 500);
	assert_int_equal(apic_deadline_read(&apic), 500);
	timer_run(500);
	assert_int_equal(apic_deliverable(&apic), 0x41);
	assert_int_equal(apic_deadline_read(&apic), 0);
}

/* SDM 11.5.4.1: into deadline mode and out of it. */
static void test_timer_disarmed(void **state)
{
	timer_write(APIC_LVT_TIMER, APIC_LVT_TIMER_DEADLINE | 0x41, 0);
	apic_deadline_write(&apic, 500);
	timer_write(APIC_LVT_TIMER, 0x41, 0);
	assert_int_equal(apic.deadline, 0);
	timer_write(APIC_TIMER_INITIAL, 100, 0);
	timer_write(APIC_LVT_TIMER, APIC_LVT_TIMER_PERIODIC | 0x41, 0);
	assert_int_not_equal(apic.deadline, 0);
	timer_write(APIC_LVT_TIMER, APIC_LVT_TIMER_DEADLINE | 0x41, 0);
	assert_int_equal(apic.deadline, 0);
	assert_int_equal(read_register(APIC_TIMER_INITIAL, 0), 0);
}

static void test_commands(void **state)
{
	struct apic_effect effect;
	write_register(APIC_ICR_HIGH, 5U << 24, &effect);
	assert_false(effect.send);
	write_register(APIC_ICR, 0x40FD, &effect);
	assert_true(effect.send);
	assert_true(effect.icr == (5ULL << 32 | 0x40FD));
}

static void test_x2apic_commands(void **state)
{
	struct apic_effect effect;
	write_register(APIC_ICR, 7ULL << 32 | 0xFD, &effect);
	assert_true(effect.send);
	assert_true(effect.icr == (7ULL << 32 | 0xFD));
	write_register(APIC_SELF_IPI, 0x33, &effect);
	assert_true(effect.send);
	assert_int_equal(APIC_ICR_SHORTHAND(effect.icr), APIC_SHORTHAND_SELF);
	assert_int_equal(effect.icr & 0xFF, 0x33);
}

static void test_x2apic_faults(void **state)
{
	struct apic_effect effect;
	u64 value;
	assert_false(apic_write(&apic, APIC_LDR, 0, &effect));
	assert_false(apic_write(&apic, APIC_DFR, 0, &effect));
	assert_false(apic_write(&apic, APIC_ICR_HIGH, 0, &effect));
	assert_false(apic_write(&apic, APIC_EOI, 1, &effect));
	assert_false(apic_write(&apic, APIC_TPR, 0x100, &effect));
	assert_false(apic_write(&apic, APIC_SVR, 1ULL << 32, &effect));
	assert_false(apic_write(&apic, APIC_ISR, 0, &effect));
	assert_false(apic_read(&apic, APIC_DFR, 0, KHZ, &value));
	assert_false(apic_read(&apic, 0x3D, 0, KHZ, &value));
	assert_int_equal(read_register(APIC_ID, 0), 3);
	assert_int_equal(read_register(APIC_LDR, 0), 8);
}

/* What faults changes nothing. */
static void test_x2apic_refused(void **state)
{
	struct apic_effect effect;
	write_register(APIC_TPR, 0x20, &effect);
	write_register(APIC_ICR, 7ULL << 32 | 0xFD, &effect);
	assert_false(apic_write(&apic, APIC_TPR, 0x130, &effect));
	assert_false(apic_write(&apic, APIC_ICR_HIGH, 9, &effect));
	assert_int_equal(read_register(APIC_TPR, 0), 0x20);
	assert_true(read_register(APIC_ICR, 0) == (7ULL << 32 | 0xFD));
}

static void test_base(void **state)
{
	apic_reset(&apic, 0, true);
	u64 off = APIC_BASE_ADDRESS, on = off | APIC_BASE_ENABLED, x2 = on | APIC_BASE_X2APIC;
	assert_false(apic_base_write(&apic, 0xFED00000 | APIC_BASE_ENABLED));
	assert_false(apic_base_write(&apic, off | APIC_BASE_X2APIC));
	assert_true(apic_base_write(&apic, x2));
	assert_false(apic_base_write(&apic, on));
	assert_true(apic_base_write(&apic, off));
	assert_false(apic_base_write(&apic, x2));
	assert_true(apic_base_write(&apic, on));
	assert_true((apic.base_msr & APIC_BASE_BSP) != 0);
}

static void test_destinations(void **state)
{
	struct apic_effect effect;
	assert_true(apic_matches(&apic, 3ULL << 32, false));
	assert_false(apic_matches(&apic, 4ULL << 32, false));
	assert_true(apic_matches(&apic, 0xFFULL << 32, false));
	assert_true(apic_matches(&apic, 0xFFFFFFFFULL << 32, true));
	write_register(APIC_LDR, 0x08000000, &effect);
	assert_true(effect.routing);
	assert_true(apic_matches(&apic, 0x0CULL << 32 | APIC_ICR_LOGICAL, false));
	assert_false(apic_matches(&apic, 0x07ULL << 32 | APIC_ICR_LOGICAL, false));
	write_register(APIC_DFR, 0, &effect); /* clusters */
	write_register(APIC_LDR, 0x21000000, &effect);
	assert_true(apic_matches(&apic, 0x23ULL << 32 | APIC_ICR_LOGICAL, false));
	assert_false(apic_matches(&apic, 0x13ULL << 32 | APIC_ICR_LOGICAL, false));
}

static void test_drop(void **state)
{
	bool level = true;
	assert_int_equal(apic_post(&apic, 0x31, true), APIC_POSTED);
	assert_int_equal(apic_post(&apic, 0x41, false), APIC_POSTED);
	assert_int_equal(apic_post(&apic, 0x52, false), APIC_POSTED);
	deliver(0x52);
	assert_int_equal(apic_drop(&apic, false, &level), 0x41);
	assert_false(level);
	assert_int_equal(apic_drop(&apic, false, &level), 0x31);
	assert_true(level);
	assert_int_equal(apic_drop(&apic, false, &level), APIC_NO_VECTOR);
	assert_int_equal(apic_drop(&apic, true, &level), 0x52);
	assert_false(level);
	assert_int_equal(apic_drop(&apic, true, &level), APIC_NO_VECTOR);
}

static void test_software_disable(void **state)
{
	struct apic_effect effect;
	write_register(APIC_LVT_TIMER, 0x40, &effect);
	write_register(APIC_SVR, 0xFF, &effect);
	assert_true((apic.lvt_timer & APIC_LVT_MASKED) != 0);
	write_register(APIC_LVT_TIMER, 0x40, &effect);
	assert_true((apic.lvt_timer & APIC_LVT_MASKED) != 0);
	assert_false(apic_post(&apic, 0x40, false));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset),
		cmocka_unit_test(test_base),
		cmocka_unit_test_setup(test_init, setup_x2apic),
		cmocka_unit_test_setup(test_drop, setup_enabled),
		cmocka_unit_test_setup(test_priorities, setup_enabled),
		cmocka_unit_test_setup(test_arrives_twice, setup_enabled),
		cmocka_unit_test_setup(test_level, setup_enabled),
		cmocka_unit_test_setup(test_illegal_vectors, setup_enabled),
		cmocka_unit_test_setup(test_timer_once, setup_enabled),
		cmocka_unit_test_setup(test_timer_periodic, setup_enabled),
		cmocka_unit_test_setup(test_timer_masked, setup_enabled),
		cmocka_unit_test_setup(test_timer_deadline, setup_enabled),
		cmocka_unit_test_setup(test_timer_disarmed, setup_enabled),
		cmocka_unit_test_setup(test_commands, setup_enabled),
		cmocka_unit_test_setup(test_x2apic_refused, setup_x2apic),
		cmocka_unit_test_setup(test_x2apic_commands, setup_x2apic),
		cmocka_unit_test_setup(test_x2apic_faults, setup_x2apic),
		cmocka_unit_test_setup(test_destinations, setup_enabled),
		cmocka_unit_test_setup(test_software_disable, setup_enabled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
