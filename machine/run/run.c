/* SPDX-License-Identifier: MIT */
/* The run loop: chooses the context, enters it, and hands on what it exited for. */
#include "run/run.h"

#include "context/attach.h"
#include "context/vmrun.h"
#include "cpu/state.h"
#include "cpu/vcpu.h"
#include "end/end.h"
#include "exit/exit.h"
#include "fault/pages.h"
#include "ghcb/hold.h"
#include "interrupts/interrupts.h"
#include "rmp/nested.h"
#include "rmp/rmp_setup.h"
#include "run/inject.h"
#include "run/turns.h"
#include "trace/trace.h"
#include "x86/control.h"

#define FIRST_INTERRUPT 32U
#define VECTOR_MASK 0xFFULL
#define APIC_TPR_SHIFT 4U

extern void idle_wait(u64 *pending); /* traps.S */
extern bool svm_enter(struct vmsa *vmsa, u64 vmcb, u64 host_vmcb, u64 *kicked);

/* A CPU whose VMPL0 sleeps or was never there runs a lower VMPL as soon as one is ready. */
static bool lower_choose(struct vcpu *vcpu)
{
	for (u32 vmpl = 1; vmpl < VMPL_COUNT; vmpl++) {
		if (vcpu->context[vmpl].state == CONTEXT_READY) {
			return vcpu_switch(vcpu, vmpl) == ERR_OK;
		}
	}
	return false;
}

static bool context_lives(const struct vmpl_context *context)
{
	return context->state == CONTEXT_READY || context->state == CONTEXT_HALTED;
}

/* True when the current context, or one that takes its place, can be entered. */
static bool context_choose(struct vcpu *vcpu)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	bool sleeps = context->state == CONTEXT_HALTED || context->state == CONTEXT_WAITING;
	if (sleeps && interrupts_pending(vcpu)) {
		context = vcpu_context(vcpu); /* VMPL0's, if it is its event: the other one sleeps on */
		(void)context_move(context, CONTEXT_HALTED, CONTEXT_READY);
	}
	if (context->state == CONTEXT_READY) {
		return true;
	}
	bool gone = context->state == CONTEXT_ABSENT || context->state == CONTEXT_STOPPED;
	if (vcpu->vmpl == 0) {
		return lower_choose(vcpu);
	}
	return gone && context_lives(&vcpu->context[0]) && vcpu_switch(vcpu, 0) == ERR_OK &&
	       vcpu->context[0].state == CONTEXT_READY;
}

/* VMRUN would refuse the VMSA. A lower VMPL's owner is told by getting control back; VMPL0 has nobody above. */
static void context_refuse(struct vcpu *vcpu)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	if (!context_move(context, CONTEXT_READY, CONTEXT_STOPPED)) {
		return; /* somebody has taken it away: no wonder */
	}
	trace(TRACE_ALWAYS, vcpu, "vmrun-invalid", "vmsa=0x%lx", context->vmsa.raw);
	if (vcpu->vmpl == 0 || !context_lives(&vcpu->context[0])) {
		machine_end_shutdown(vcpu, "vmrun-invalid");
	}
}

static void controls_set(struct cpu *cpu, const struct vmsa *vmsa, const struct interrupt_entry *entry)
{
	struct vcpu *vcpu = cpu->vcpu;
	struct vmcb *vmcb = cpu->vmcb;
	vmcb->int_control = VMCB_INTR_MASKING | (vcpu_context(vcpu)->apic.tpr >> APIC_TPR_SHIFT & VINTR_TPR_MASK);
	vmcb->intercept_cr_write = 0;
	if (entry->window) {
		vmcb->int_control |= VINTR_IRQ | (u64)(entry->vector >> 4) << VMCB_PRIORITY_SHIFT |
				     (u64)entry->vector << VMCB_VECTOR_SHIFT;
		/* QEMU's emulation stops with an assertion when a guest writes CR8 while V_IRQ is set. */
		vmcb->intercept_cr_write = VMCB_WRITE_CR8;
	}
	vmcb->int_state = cpu->int_state[vcpu->vmpl];
	vmcb->eventinj = entry->inject;
	vmcb->exitintinfo = 0;
	u64 root = nested_root(vcpu->vmpl, cpu_wants_flat_root(vmsa) ? NESTED_FLAT : NESTED_PAGED);
	u64 generation = nested_generation();
	bool flush = vmcb->nested_cr3 != root || cpu->generation != generation;
	vmcb->tlb_control = flush ? VMCB_TLB_FLUSH_ALL : 0;
	vmcb->nested_cr3 = root;
	cpu->generation = generation;
}

/* The page is taken. False when the guest was not entered: a kick came first. */
static bool enter(struct cpu *cpu, struct vmsa *vmsa, const struct interrupt_entry *entry)
{
	struct counters *counters = &vcpu_context(cpu->vcpu)->counters;
	state_own(cpu, vmsa);
	if (cpu->tsc_aux != vmsa->tsc_aux) {
		state_load_tsc_aux(vmsa);
		cpu->tsc_aux = vmsa->tsc_aux;
	}
	state_follow_cr4(cpu, vmsa);
	state_load(cpu, vmsa);
	__atomic_store_n(&cpu->in_guest, ++cpu->runs, __ATOMIC_SEQ_CST);
	controls_set(cpu, vmsa, entry);
	u64 start = tsc_read();
	turn_begin(cpu, start);
	bool ran = svm_enter(vmsa, cpu->vmcb_physical, cpu->host_vmcb_physical, &cpu->kicked);
	u64 end = tsc_read();
	__atomic_store_n(&cpu->in_guest, 0, __ATOMIC_SEQ_CST);
	if (ran) {
		state_store(cpu, vmsa);
		counters->ticks += end - start;
		turn_end(cpu, start, end);
		counters->entries++;
	}
	return ran;
}

/*
 * An event whose delivery the exit interrupted comes again at the next entry. True when it is the interrupt that was waiting for
 * its window. Quirks of QEMU's emulation: hardware interrupts are reported as exceptions; V_IRQ stays set.
 */
static bool event_keep(struct vcpu *vcpu, const struct vmcb *vmcb, const struct interrupt_entry *entry)
{
	u64 event = vmcb->exitintinfo;
	vcpu_vmsa(vcpu)->guest_exitintinfo = event;
	if ((event & EVENT_VALID) == 0) {
		return false;
	}
	u64 vector = event & VECTOR_MASK;
	if ((event & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION && vector >= FIRST_INTERRUPT) {
		event = (event & ~EVENT_TYPE_MASK) | EVENT_TYPE_INTERRUPT;
	}
	/* RIP is still at a software interrupt: it runs again. */
	if ((event & EVENT_TYPE_MASK) != EVENT_TYPE_SOFTWARE) {
		vcpu_context(vcpu)->pending_event = event;
	}
	return entry->window && (event & EVENT_TYPE_MASK) == EVENT_TYPE_INTERRUPT && vector == entry->vector;
}

static void exit_take(struct cpu *cpu, const struct interrupt_entry *entry)
{
	struct vcpu *vcpu = cpu->vcpu;
	struct vmpl_context *context = vcpu_context(vcpu);
	const struct vmcb *vmcb = cpu->vmcb;
	if (vmcb->exitcode < COUNTERS_EXIT_CODES) {
		context->counters.exits[vmcb->exitcode]++;
	}
	trace(TRACE_EXIT, vcpu, "exit", "code=0x%lx info1=0x%lx info2=0x%lx rip=0x%lx", vmcb->exitcode, vmcb->exitinfo1,
	      vmcb->exitinfo2, vmcb->rip);
	cpu->int_state[vcpu->vmpl] = vmcb->int_state & VMCB_SHADOW;
	context->apic.tpr = (context->apic.tpr & 0xF) | (u32)(vmcb->int_control & VINTR_TPR_MASK) << APIC_TPR_SHIFT;
	bool taken = entry->window && (vmcb->int_control & VINTR_IRQ) == 0;
	if (event_keep(vcpu, vmcb, entry)) {
		taken = true;
	}
	interrupts_after_exit(vcpu, entry, taken);
	fault_remap_user(vcpu);
	exit_handle(cpu);
}

/* Events for another VMPL took the CPU from a context: for its owner that is an interrupt's exit, never a request. */
static void preemption_note(struct vcpu *vcpu, u32 vmpl)
{
	struct vmsa *vmsa = vcpu->context[vmpl].registers;
	if (vmpl != vcpu->vmpl && vcpu->context[vmpl].state != CONTEXT_ABSENT && vmsa != NULL) {
		vmsa->guest_exitcode = SVM_EXIT_INTR;
	}
}

/* From here on nobody changes the page's state, until it is released. False: VMRUN refuses it. */
static bool vmsa_take(const struct vcpu *vcpu)
{
	gpa_t page = vcpu->context[vcpu->vmpl].vmsa;
	if (!rmp_vmsa_take(page)) {
		return false;
	}
	bool runs = vmrun_check_content(vcpu, vcpu->vmpl) == ERR_OK;
	if (!runs) {
		rmp_vmsa_release(page);
	}
	return runs;
}

static void run_once(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;
	struct interrupt_entry entry = {0};
	u32 before = vcpu->vmpl;
	interrupts_before_entry(vcpu, &entry);
	preemption_note(vcpu, before);
	struct vmpl_context *context = vcpu_context(vcpu);
	if (context->woken) {
		context->woken = false;
		ghcb_hold_answer(vcpu);
	}
	(void)context_move(context, CONTEXT_HALTED, CONTEXT_READY);
	struct vmsa *vmsa = vcpu_vmsa(vcpu);
	__atomic_store_n(&cpu->entered, vmsa, __ATOMIC_SEQ_CST);
	/* From here on nobody detaches it behind our back; until here it may even have got another VMSA. */
	bool fresh = __atomic_load_n(&context->apic.reset_pending, __ATOMIC_ACQUIRE);
	if (__atomic_load_n(&context->state, __ATOMIC_SEQ_CST) != CONTEXT_READY || vcpu_vmsa(vcpu) != vmsa || fresh) {
		interrupts_after_exit(vcpu, &entry, false);
		return;
	}
	if (!inject_before_entry(vcpu, &entry) || !vmsa_take(vcpu)) {
		interrupts_after_exit(vcpu, &entry, false);
		context_refuse(vcpu);
		return;
	}
	bool ran = enter(cpu, vmsa, &entry);
	rmp_vmsa_release(context->vmsa);
	if (ran) {
		exit_take(cpu, &entry);
	} else {
		context->pending_event = entry.inject;
		interrupts_after_exit(vcpu, &entry, false);
	}
}

/* Until an interrupt or a kick; interrupts are taken meanwhile. A kick that came before counts. */
static void idle(struct cpu *cpu)
{
	idle_wait(&cpu->kicked);
	cpu->kicked = 0;
}

void cpu_run(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;
	while (!vcpu->stop) {
		__atomic_store_n(&cpu->kicked, 0, __ATOMIC_SEQ_CST);
		interrupts_window();
		vcpu_release(cpu);
		if (context_choose(vcpu)) {
			run_once(cpu);
		} else {
			idle(cpu);
		}
	}
	vcpu_store_fpu();
}
