/* SPDX-License-Identifier: MIT */
/* Who runs which VMSA: one CPU takes contexts away from another, which acts while the first one waits for it. */
#include "context/attach.h"
#include "cpu/vcpu.h"
#include "exit/invalid_opcode.h"
#include "exit/msr_exit.h"
#include "exit/nested_fault.h"
#include "exit/plain_exit.h"
#include "exit/vmgexit.h"
#include "machine.h"

#include <stdlib.h>

#include "cpu/cpu.h"
#include "cpu/plain.h"
#include "cpu/state.h"
#include "end/end.h"
#include "exit/decode.h"
#include "exit/exception.h"
#include "exit/exit.h"
#include "mm/memory.h"
#include "rmp/rmp.h"
#include "rmp/view.h"

#define PAGES 4U
#define VMPL 2U
#define KICKS_MAX 10U

void *model_self;

static _Alignas(PAGE_SIZE) u8 memory[PAGES][PAGE_SIZE];
static struct rmp_entry entries[PAGES];
struct rmp_table rmp_table = {.low = entries, .low_end = sizeof(memory)};

static struct cpu cpus[2];
static struct vmcb vmcbs[2];
static u32 kicks;
static u64 exit_pending; /* what the other CPU exits for when it is kicked; 0 for nothing */

static struct cpu *const here = &cpus[0], *const there = &cpus[1];

/* The other CPU, as its run loop goes on. */
static void other_runs(void)
{
	model_self = there;
	if (exit_pending != 0) {
		there->vmcb->exitcode = exit_pending;
		exit_pending = 0;
		exit_handle(there);
	}
	vcpu_release(there);
	model_self = here;
}

void cpu_kick(const struct cpu *cpu)
{
	if (cpu != there || ++kicks > KICKS_MAX) {
		fail_msg("the other CPU does not let go");
	}
	other_runs();
}

struct cpu *cpu_at(u32 index)
{
	return &cpus[index];
}

void state_own(struct cpu *cpu, struct vmsa *vmsa)
{
	cpu->fpu_owner = vmsa;
}

u32 memory_cbit(void)
{
	return 51;
}

void *memory_page(gpa_t page)
{
	return page.raw / PAGE_SIZE < PAGES ? memory[page.raw / PAGE_SIZE] : NULL;
}

bool plain_guest(void)
{
	return false;
}

void instruction_decode(struct vcpu *vcpu, struct decoded *decoded)
{
	(void)vcpu;
	*decoded = (struct decoded){.length = 1};
}

void instruction_advance(struct cpu *cpu, u32 length)
{
	vcpu_vmsa(cpu->vcpu)->rip += length;
}

/* Exits that no test has. */

static noreturn_fn void unexpected(void)
{
	fail();
	abort();
}

void exit_plain(struct cpu *cpu)
{
	(void)cpu;
	unexpected();
}

void exception_raise_vc(struct vcpu *vcpu, u64 exit_code)
{
	(void)vcpu;
	(void)exit_code;
	unexpected();
}

void exit_msr(struct cpu *cpu)
{
	(void)cpu;
	unexpected();
}

void exit_nested_fault(struct cpu *cpu)
{
	(void)cpu;
	unexpected();
}

void exit_invalid_opcode(struct cpu *cpu)
{
	(void)cpu;
	unexpected();
}

void exit_vmmcall(struct cpu *cpu)
{
	(void)cpu;
	unexpected();
}

void machine_end(enum end_reason reason, const struct vcpu *vcpu, const char *details, ...)
{
	(void)reason;
	(void)vcpu;
	(void)details;
	unexpected();
}

void machine_end_shutdown(struct vcpu *vcpu, const char *why)
{
	(void)vcpu;
	(void)why;
	unexpected();
}

static gpa_t vmsa_page(u32 number)
{
	return gpa((u64)number * PAGE_SIZE);
}

static struct vmpl_context *target(void)
{
	return &there->vcpu->context[VMPL];
}

static int setup(void **state)
{
	(void)state;
	memset(cpus, 0, sizeof(cpus));
	kicks = 0;
	exit_pending = 0;
	for (u32 i = 0; i < ARRAY_SIZE(cpus); i++) {
		cpus[i].self = &cpus[i];
		cpus[i].index = i;
		cpus[i].apic_id = i;
		cpus[i].vmcb = &vmcbs[i];
		memset(vcpu_at(i), 0, sizeof(struct vcpu));
		vcpu_start(&cpus[i]);
	}
	for (u32 i = 0; i < PAGES; i++) {
		entries[i] = (struct rmp_entry){.assigned = 1, .validated = 1, .vmsa = i != 0};
	}
	model_self = here;
	return 0;
}

/* The other CPU is in the guest with that VMSA. */
static void target_runs(u32 page)
{
	assert_err(vcpu_attach(there->vcpu, VMPL, vmsa_page(page), SEV_FEATURE_SNP_ACTIVE, CONTEXT_READY), ERR_OK);
	kicks = 0;
	there->vcpu->vmpl = VMPL;
	there->entered = target()->registers;
	there->fpu_owner = target()->registers;
}

/* It exits for HLT at the very moment: the context must not sleep, but be gone, and the CPU must let go of it. */
static void test_detached_while_it_halts(void **state)
{
	(void)state;
	target_runs(1);
	exit_pending = SVM_EXIT_HLT;
	vcpu_detach(there->vcpu, VMPL);
	assert_int_equal(target()->state, CONTEXT_ABSENT);
	assert_null(there->entered);
	assert_null(there->fpu_owner);
}

static void test_moves(void **state)
{
	(void)state;
	target_runs(1);
	assert_false(context_move(target(), CONTEXT_HALTED, CONTEXT_READY));
	assert_true(context_move(target(), CONTEXT_READY, CONTEXT_WAITING));
	vcpu_detach(there->vcpu, VMPL);
	assert_false(context_move(target(), CONTEXT_WAITING, CONTEXT_READY));
	assert_int_equal(target()->state, CONTEXT_ABSENT);
}

/* A VMSA that is refused leaves the context as it was, and says nothing about the features of the next. */
static void test_refused(void **state)
{
	(void)state;
	assert_err(vcpu_attach(there->vcpu, VMPL, vmsa_page(0), SEV_FEATURE_SNP_ACTIVE, CONTEXT_READY), ERR_STATE);
	assert_err(vcpu_attach(there->vcpu, VMPL, vmsa_page(PAGES), SEV_FEATURE_SNP_ACTIVE, CONTEXT_READY), ERR_RANGE);
	assert_int_equal(target()->sev_features, 0);
	target_runs(1);
	assert_err(vcpu_attach(there->vcpu, VMPL, vmsa_page(0), SEV_FEATURE_SNP_ACTIVE, CONTEXT_READY), ERR_STATE);
	assert_int_equal(target()->state, CONTEXT_READY);
	assert_ptr_equal(there->entered, memory[1]);
	assert_err(vcpu_attach(here->vcpu, VMPL, vmsa_page(1), SEV_FEATURE_SNP_ACTIVE, CONTEXT_READY), ERR_BUSY);
	assert_int_equal(here->vcpu->context[VMPL].state, CONTEXT_ABSENT);
}

/* What the VMSA before was about to get is not for the next one. */
static void test_begins_anew(void **state)
{
	(void)state;
	target_runs(1);
	target()->pending_event = EVENT_VALID;
	target()->woken = true;
	target()->signal_again = true;
	target()->apic.init_pending = true;
	target()->apic.startup_pending = true;
	target()->ghcb_msr = 0x5000;
	there->int_state[VMPL] = 1;
	assert_err(vcpu_attach(there->vcpu, VMPL, vmsa_page(2), SEV_FEATURE_SNP_ACTIVE, CONTEXT_PENDING), ERR_OK);
	assert_int_equal(target()->state, CONTEXT_PENDING);
	assert_ptr_equal(target()->registers, memory[2]);
	assert_int_equal(target()->pending_event, 0);
	assert_false(target()->woken || target()->signal_again);
	assert_false(target()->apic.init_pending || target()->apic.startup_pending);
	assert_true(target()->apic.reset_pending);
	assert_int_equal(there->int_state[VMPL], 0);
	assert_int_equal(target()->ghcb_msr, 0x5000); /* survives: docs/machine.md */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_moves, setup),
		cmocka_unit_test_setup(test_refused, setup),
		cmocka_unit_test_setup(test_begins_anew, setup),
		/* The last: where it fails, a lock stays taken. */
		cmocka_unit_test_setup(test_detached_while_it_halts, setup),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
