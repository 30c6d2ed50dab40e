/* SPDX-License-Identifier: MIT */
/* Restricted injection and the APICs of VMPL0. GHCB (56421), #HV doorbell page; docs/machine.md, interrupts. */
#include "interrupts/interrupts.h"
#include "apic/real.h"
#include "machine.h"

#include "fault/fault.h"
#include "interrupts/doorbell.h"
#include "interrupts/ipi.h"
#include "interrupts/registers.h"
#include "interrupts_model.h"

#define EVENT_HV (EVENT_VALID | EVENT_TYPE_EXCEPTION | VECTOR_HV)
#define MSR_EOI 0x80BU
#define MSR_ICR 0x830U
#define MSR_LVT_TIMER 0x832U
#define MSR_TIMER_INITIAL 0x838U
#define MSR_TIMER_CURRENT 0x839U
#define MSR_TIMER_DIVIDE 0x83EU
#define TO_CPU(index) ((u64)(index) << 32)

static int setup(void **state)
{
	struct span none = {0}, bad;
	model_reset();
	assert_err(fault_plan_set(none, &bad), ERR_OK);
	return 0;
}

static void plan(const char *text)
{
	struct span bad;
	assert_err(fault_plan_set(span_of_text(text), &bad), ERR_OK);
}

static void msr_set(struct vcpu *cpu, u32 msr, u64 value)
{
	assert_true(interrupts_msr_write(cpu, msr, value));
}

static u64 msr_get(struct vcpu *cpu, u32 msr)
{
	u64 value = 0;
	assert_true(interrupts_msr_read(cpu, msr, &value));
	return value;
}

/* What the next entry of that vCPU injects; nothing is left waiting for a window. */
static u64 enter(struct vcpu *cpu)
{
	struct interrupt_entry entry;
	interrupts_before_entry(cpu, &entry);
	interrupts_after_exit(cpu, &entry, false);
	return entry.inject;
}

/* As an SVSM does it: takes the signal down, then the vector. */
static u8 vector_take(u32 index)
{
	struct hv_doorbell *page = model_doorbell(index);
	page->flags = 0;
	u8 vector = page->vector;
	page->vector = 0;
	return vector;
}

static void test_ipi_by_icr(void **state)
{
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | 0x41);
	assert_int_equal(model_kicks[1], 1);
	assert_int_equal(enter(model_cpu(0)), 0);
	assert_int_equal(enter(model_cpu(1)), EVENT_HV);
	assert_int_equal(model_doorbell(1)->flags, HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL);
	assert_int_equal(vector_take(1), 0x41);
	assert_int_equal(enter(model_cpu(1)), 0);
	const struct counters *counters = &model_cpu(1)->context[0].counters;
	assert_int_equal(counters->interrupts_ipi, 1);
	assert_int_equal(counters->interrupts_taken, 1);
}

/* The destination of event 0x80000015 is one of x2APIC mode, whatever mode the sender's APIC is in. */
static void test_ipi_to_all(void **state)
{
	struct vcpu *sender = model_cpu(0);
	sender->context[0].apic.base_msr &= ~APIC_BASE_X2APIC;
	struct ipi ipi = {.sender = sender, .vmpl = 0, .x2apic = true, .icr = TO_CPU(UINT32_MAX) | 0x50};
	ipi_send(&ipi);
	assert_int_equal(enter(model_cpu(0)), EVENT_HV);
	assert_int_equal(enter(model_cpu(1)), EVENT_HV);
	assert_int_equal(model_cpu(1)->context[2].counters.interrupts_ipi, 0);
}

static void test_ipis_stay_in_their_vmpl(void **state)
{
	model_cpu(0)->vmpl = 2;
	msr_set(model_cpu(0), MSR_APIC_BASE, model_cpu(0)->context[2].apic.base_msr | APIC_BASE_X2APIC);
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | 0x41);
	assert_int_equal(enter(model_cpu(1)), 0);
	assert_int_equal(model_doorbell(1)->vector, 0);
	assert_int_equal(model_cpu(1)->context[2].counters.interrupts_ipi, 1);
}

/* No exit lies between taking the vector and its end. */
static void test_end_without_exit_before(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x61);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x61);
	msr_set(cpu, MSR_EOI, 0);
	assert_int_equal(msr_get(cpu, MSR_X2APIC_FIRST + APIC_ISR + 3), 0);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x61);
	assert_int_equal(enter(cpu), EVENT_HV);
}

static void test_in_service_until_ended(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x61);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(msr_get(cpu, MSR_X2APIC_FIRST + APIC_ISR + 3), 0);
	assert_int_equal(vector_take(0), 0x61);
	assert_int_equal(msr_get(cpu, MSR_X2APIC_FIRST + APIC_ISR + 3), 1U << 1);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x60); /* the same class waits for the end */
	assert_int_equal(enter(cpu), 0);
	msr_set(cpu, MSR_EOI, 0);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x60);
}

static void test_no_further_signal(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	model_doorbell(0)->flags = HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL;
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x61);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(model_doorbell(0)->vector, 0x61);
	assert_true(doorbell_occupied(&cpu->context[0]));
}

/* The page holds one vector: the other waits until that is taken, also when it is the higher one. */
static void test_one_vector_at_a_time(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x91);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(vector_take(0), 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x91);
}

static void test_merged(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	const struct counters *counters = &cpu->context[0].counters;
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x41);
	msr_set(cpu, MSR_EOI, 0);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(counters->interrupts_ipi, 2);
	assert_int_equal(counters->interrupts_merged, 1);
	assert_int_equal(counters->interrupts_taken, 1);
}

static void test_lost(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_X2APIC_FIRST + APIC_SVR, 0xFF);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(cpu->context[0].counters.interrupts_lost, 1);
}

static void test_nmi(void **state)
{
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | APIC_MODE_NMI << 8);
	assert_int_equal(enter(model_cpu(1)), EVENT_HV);
	assert_int_equal(model_doorbell(1)->flags, HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL | HV_DOORBELL_FLAG_NMI);
	assert_int_equal(model_cpu(1)->context[0].counters.interrupts_nmi, 1);
}

static void test_timer(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_LVT_TIMER, 0x51);
	msr_set(cpu, MSR_TIMER_DIVIDE, 0xB);
	msr_set(cpu, MSR_TIMER_INITIAL, 500);
	model_tsc += 100;
	assert_int_equal(msr_get(cpu, MSR_TIMER_CURRENT), 400);
	assert_int_equal(enter(cpu), 0);
	model_tsc += 400;
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x51);
	assert_int_equal(cpu->context[0].counters.interrupts_timer, 1);
}

static void test_timer_deadline(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_LVT_TIMER, APIC_LVT_TIMER_DEADLINE | 0x52);
	msr_set(cpu, MSR_TSC_DEADLINE, model_tsc + 50);
	assert_int_equal(msr_get(cpu, MSR_TSC_DEADLINE), 1050);
	model_tsc += 50;
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x52);
	assert_int_equal(msr_get(cpu, MSR_TSC_DEADLINE), 0);
}

/* QEMU may lose the interrupt of the real timer; the next deadline must not wait for it. */
static void test_timer_lost(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_LVT_TIMER, APIC_LVT_TIMER_DEADLINE | 0x52);
	msr_set(cpu, MSR_TSC_DEADLINE, model_tsc + 50);
	(void)enter(cpu);
	u32 arms = model_real_arms;
	(void)enter(cpu);
	assert_int_equal(model_real_arms, arms);
	model_tsc += 100;
	msr_set(cpu, MSR_TSC_DEADLINE, model_tsc + 50);
	(void)enter(cpu);
	assert_int_equal(model_real_arms, arms + 1);
}

/* Its owner sees an interrupt's exit, and what was waiting for VMPL2 still does. */
static void test_preempts(void **state)
{
	struct vcpu *cpu = model_cpu(1);
	cpu->vmpl = 2;
	assert_int_not_equal(apic_post(&cpu->context[2].apic, 0x33, false), APIC_LOST);
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(cpu->vmpl, 0);
	assert_int_equal(vcpu_vmsa(cpu)->guest_exitcode, SVM_EXIT_INTR);
	assert_int_equal(apic_deliverable(&cpu->context[2].apic), 0x33);
	cpu->vmpl = 2;
	struct interrupt_entry entry;
	interrupts_before_entry(cpu, &entry);
	assert_int_equal(cpu->vmpl, 2);
	assert_true(entry.window);
	assert_int_equal(entry.vector, 0x33);
	interrupts_after_exit(cpu, &entry, true);
	assert_int_equal(cpu->context[2].counters.interrupts_taken, 1);
}

/* Without a signal it has the CPU all the same: it may look into the page by itself. */
static void test_preempts_unsignalled(void **state)
{
	struct vcpu *cpu = model_cpu(1);
	cpu->vmpl = 2;
	model_doorbell(1)->flags = HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL;
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | 0x41);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(cpu->vmpl, 0);
	assert_int_equal(model_doorbell(1)->vector, 0x41);
}

static void test_preempts_a_sleeper(void **state)
{
	struct vcpu *cpu = model_cpu(1);
	cpu->vmpl = 2;
	cpu->context[2].state = CONTEXT_HALTED;
	cpu->context[0].state = CONTEXT_HALTED;
	assert_false(interrupts_pending(cpu));
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | 0x41);
	assert_true(interrupts_pending(cpu));
	assert_int_equal(cpu->vmpl, 0);
	assert_int_equal(cpu->context[0].state, CONTEXT_READY);
	assert_int_equal(cpu->context[2].state, CONTEXT_HALTED);
	assert_int_equal(enter(cpu), EVENT_HV);
}

/* Those of the guest never take the CPU from VMPL0. */
static void test_device_interrupts_wait(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	model_real_service = 0x33;
	interrupts_device(cpu, 0x33);
	assert_int_equal(model_real_ends, 1);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(cpu->context[2].counters.interrupts_device, 1);
	cpu->vmpl = 2;
	struct interrupt_entry entry;
	interrupts_before_entry(cpu, &entry);
	assert_true(entry.window);
}

/* A level interrupt that came to VMPL0 before there was a guest ends at its source all the same. */
static void test_level_of_vmpl0(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	cpu->context[2].state = CONTEXT_ABSENT;
	model_real_service = 0x33;
	model_real_level = true;
	interrupts_device(cpu, 0x33);
	cpu->context[2].state = CONTEXT_READY;
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x33);
	assert_int_equal(model_real_ends, 0);
	msr_set(cpu, MSR_EOI, 0);
	assert_int_equal(model_real_ends, 1);
}

/* The vector in the doorbell page and another one wait, a third is in service: none of them is the next VMSA's. */
static void test_reset(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x31);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x31);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x51);
	cpu->context[0].apic.reset_pending = true;
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(model_doorbell(0)->vector, 0);
	assert_int_equal(cpu->context[0].counters.interrupts_taken, 1);
	assert_int_equal(cpu->context[0].counters.interrupts_lost, 2);
	msr_set(cpu, MSR_X2APIC_FIRST + APIC_SVR, APIC_SVR_ENABLED | 0xFF);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x21);
	vector_take(0);
	assert_int_equal(enter(cpu), EVENT_HV); /* nothing of a higher priority is in service */
	assert_int_equal(vector_take(0), 0x21);
}

/* Also while the vCPU sleeps; and a level interrupt ends at its source. */
static void test_reset_ends_level(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	model_real_service = 0x33;
	model_real_level = true;
	interrupts_device(cpu, 0x33);
	assert_int_equal(model_real_ends, 0);
	cpu->context[0].state = CONTEXT_HALTED;
	cpu->context[2].apic.reset_pending = true;
	assert_false(interrupts_pending(cpu));
	assert_int_equal(model_real_ends, 1);
	assert_int_equal(cpu->context[2].counters.interrupts_lost, 1);
	assert_int_equal(cpu->context[0].counters.interrupts_lost, 0);
}

/* The real timer may fire more often than it is waited for: that is nothing to the guest. */
static void test_timer_fires_twice(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	for (u32 i = 1; i <= 2; i++) {
		model_real_service = INTERRUPT_VECTOR_TIMER;
		interrupts_device(cpu, INTERRUPT_VECTOR_TIMER);
		assert_int_equal(model_real_ends, i);
	}
	assert_int_equal(cpu->context[2].counters.interrupts_device, 0);
}

static void test_not_restricted(void **state)
{
	struct vcpu *cpu = model_cpu(1);
	struct interrupt_entry entry;
	cpu->context[0].sev_features = SEV_FEATURE_SNP_ACTIVE;
	cpu->context[0].doorbell = VCPU_GHCB_NONE;
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | 0x41);
	msr_set(model_cpu(0), MSR_ICR, TO_CPU(1) | APIC_MODE_NMI << 8);
	interrupts_before_entry(cpu, &entry);
	assert_int_equal(entry.inject, 0);
	assert_false(entry.window);
	cpu->vmpl = 2;
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(cpu->vmpl, 2);
	cpu->vmpl = 0;
	cpu->context[0].state = CONTEXT_HALTED;
	vcpu_vmsa(cpu)->rflags = 1U << 9;
	assert_false(interrupts_pending(cpu));
	cpu->context[2].state = CONTEXT_ABSENT; /* a guest without SVSM */
	assert_true(interrupts_pending(cpu));
}

static void test_without_a_page(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	doorbell_forget(&cpu->context[0]);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), 0);
	assert_err(doorbell_register(&cpu->context[0], MODEL_DOORBELL + 8), ERR_INPUT);
	assert_err(doorbell_register(&cpu->context[0], MODEL_PRIVATE), ERR_INPUT);
	assert_err(doorbell_register(&cpu->context[0], 1ULL << 40), ERR_INPUT);
	assert_int_equal(enter(cpu), 0);
	assert_err(doorbell_register(&cpu->context[0], MODEL_DOORBELL), ERR_OK);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 0x41);
}

/* The vector in the old page is not there twice, and one that was taken from it does not come back. */
static void test_page_changes(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_err(doorbell_register(&cpu->context[0], MODEL_DOORBELL + PAGE_SIZE), ERR_OK);
	assert_int_equal(model_doorbell(0)->vector, 0);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(1), 0x41);
	assert_err(doorbell_register(&cpu->context[0], MODEL_DOORBELL), ERR_OK);
	vector_take(0);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(cpu->context[0].counters.interrupts_taken, 1);
}

static void test_fault_vector(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	plan("hv-vector@2:14");
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	model_doorbell(0)->flags = 0;
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(vector_take(0), 14);
	assert_int_equal(enter(cpu), EVENT_HV); /* the real one comes again */
	assert_int_equal(vector_take(0), 0x41);
}

static void test_fault_lost(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	plan("hv-lost@1");
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(model_doorbell(0)->flags, HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL);
	assert_int_equal(vector_take(0), 0x41);
	msr_set(cpu, MSR_EOI, 0);
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x42);
	assert_int_equal(enter(cpu), EVENT_HV);
}

static void test_fault_repeated(void **state)
{
	struct vcpu *cpu = model_cpu(0);
	plan("hv-repeated@1");
	msr_set(cpu, MSR_ICR, TO_CPU(0) | 0x41);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(enter(cpu), EVENT_HV);
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(vector_take(0), 0x41);
}

/* The CPU comes back to look for ring 3, until that is over. */
static void test_fault_in_ring_3(void **state)
{
	u64 argument;
	struct vcpu *cpu = model_cpu(0);
	plan("inject-user:0x80");
	u32 arms = model_real_arms;
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(model_real_arms, arms + 1);
	assert_true(fault_due(FAULT_INJECT_USER, cpu, &argument));
	model_tsc += 1ULL << 32;
	assert_int_equal(enter(cpu), 0);
	assert_int_equal(model_real_arms, arms + 1);
}

#define TEST(name) cmocka_unit_test_setup(test_##name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ipi_by_icr),
		TEST(ipi_to_all),
		TEST(ipis_stay_in_their_vmpl),
		TEST(end_without_exit_before),
		TEST(in_service_until_ended),
		TEST(no_further_signal),
		TEST(one_vector_at_a_time),
		TEST(merged),
		TEST(lost),
		TEST(nmi),
		TEST(timer),
		TEST(timer_deadline),
		TEST(timer_lost),
		TEST(preempts),
		TEST(preempts_unsignalled),
		TEST(preempts_a_sleeper),
		TEST(device_interrupts_wait),
		TEST(level_of_vmpl0),
		TEST(timer_fires_twice),
		TEST(reset),
		TEST(reset_ends_level),
		TEST(not_restricted),
		TEST(without_a_page),
		TEST(page_changes),
		TEST(fault_vector),
		TEST(fault_lost),
		TEST(fault_repeated),
		TEST(fault_in_ring_3),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
