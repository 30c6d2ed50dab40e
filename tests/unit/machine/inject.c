/* SPDX-License-Identifier: MIT */
/* When a hostile host injects, and what becomes of the entry. */
#include "run/inject.h"

#include "machine.h"

#include "exit/exception.h"
#include "fault/fault.h"

#define EVENT 0xB06U
#define EVENT_HV (EVENT_TYPE_EXCEPTION | VECTOR_HV)
#define RAISED 0x1234U

static struct vmsa vmsa;
static struct vcpu cpu;
static u64 delivered, raised;

void exception_deliver(struct vcpu *vcpu, u64 event)
{
	delivered = event;
	vcpu_context(vcpu)->pending_event = raised;
}

static int setup(void **state)
{
	vmsa = (struct vmsa){0};
	cpu = (struct vcpu){0};
	cpu.context[0].registers = &vmsa;
	cpu.context[2].registers = &vmsa;
	delivered = 0;
	raised = 0;
	return 0;
}

static void plan(const char *text)
{
	struct span bad;
	assert_err(fault_plan_set(span_of_text(text), &bad), ERR_OK);
}

/* EVENTINJ of the entry; -1 when VMRUN refuses. */
static u64 enter(u64 inject, bool window)
{
	struct interrupt_entry entry = {.inject = inject, .window = window};
	return inject_before_entry(&cpu, &entry) ? entry.inject : UINT64_MAX;
}

static void test_ring_0(void **state)
{
	plan("inject@2:0xB06");
	assert_int_equal(enter(0, false), 0);
	vmsa.cpl = 3;
	assert_int_equal(enter(0, false), 0);
	vmsa.cpl = 0;
	cpu.vmpl = 2;
	assert_int_equal(enter(0, false), 0);
	cpu.vmpl = 0;
	assert_int_equal(delivered, 0);
	assert_int_equal(enter(0, false), 0);
	assert_int_equal(delivered, EVENT);
}

static void test_ring_3(void **state)
{
	plan("inject-user:0xB06");
	assert_int_equal(enter(0, false), 0);
	assert_int_equal(delivered, 0);
	vmsa.cpl = 3;
	assert_int_equal(enter(0, false), 0);
	assert_int_equal(delivered, EVENT);
}

/* There is one event at an entry. */
static void test_not_with_another(void **state)
{
	plan("inject:0xB06");
	assert_int_equal(enter(EVENT_HV, false), EVENT_HV);
	assert_int_equal(enter(0, true), 0);
	assert_int_equal(delivered, 0);
}

/* What the delivery raises comes at the same entry, and once. */
static void test_raises(void **state)
{
	plan("inject:0x80");
	raised = RAISED;
	assert_int_equal(enter(0, false), RAISED);
	assert_int_equal(cpu.context[0].pending_event, 0);
}

static void test_restricted(void **state)
{
	vmsa.sev_features = SEV_FEATURE_RESTRICTED_INJECTION;
	cpu.context[0].sev_features = SEV_FEATURE_RESTRICTED_INJECTION;
	plan("inject:0xB06,inject@2:0x31C");
	assert_int_equal(enter(0, false), UINT64_MAX);
	assert_int_equal(enter(0, false), 0);
	assert_int_equal(delivered, EVENT_HV);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ring_0), TEST(ring_3), TEST(not_with_another), TEST(raises), TEST(restricted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
