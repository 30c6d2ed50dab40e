/* SPDX-License-Identifier: MIT */
#include "interrupts/interrupts.h"

#include "apic/clock.h"
#include "apic/real.h"
#include "context/attach.h"
#include "fault/fault.h"
#include "interrupts/arrival.h"
#include "interrupts/doorbell.h"
#include "interrupts/level.h"
#include "trace/trace.h"
#include "x86/instructions.h"

#define PIC1_MASK_PORT 0x21U
#define PIC2_MASK_PORT 0xA1U
#define EXTERNAL_VALID 0x100U
#define RFLAGS_IF (1ULL << 9)
#define LOOK_HZ 1000U
#define EVENT_HV (EVENT_VALID | EVENT_TYPE_EXCEPTION | VECTOR_HV)
#define EVENT_NMI (EVENT_VALID | EVENT_TYPE_NMI | 2U)

/* Per CPU: the TSC for which the real timer is armed, 0 when it is not. */
static u64 armed[VCPU_MAX];

void interrupts_start(struct vcpu *vcpu)
{
	real_apic_start();
	if (vcpu->index == 0) {
		port_out8(PIC1_MASK_PORT, 0xFF);
		port_out8(PIC2_MASK_PORT, 0xFF);
	}
	for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
		apic_reset(&vcpu->context[vmpl].apic, vcpu->apic_id, vcpu->index == 0);
	}
	real_apic_route(&vcpu->context[VMPL_COUNT - 1].apic);
}

void interrupts_device(struct vcpu *vcpu, u8 vector)
{
	if (vector == INTERRUPT_VECTOR_SPURIOUS) {
		return;
	}
	/* Armed anew while a shot was on its way, it fires twice: the second finds nothing armed. */
	if (vector == INTERRUPT_VECTOR_TIMER && (armed[vcpu->index] != 0 || real_apic_in_service(vector))) {
		armed[vcpu->index] = 0;
		real_apic_end();
		return;
	}
	level_arrive(vcpu, vector);
}

/* Posts what the emulated timers owe and arms the real one for the next of them. */
static void timers_run(struct vcpu *vcpu)
{
	u64 now = tsc_read(), next = UINT64_MAX;
	for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
		struct apic *apic = &vcpu->context[vmpl].apic;
		u32 vector = apic_timer_poll(apic, now, clock_tsc_khz());
		if (vector != APIC_NO_VECTOR) {
			trace(TRACE_INTERRUPT, vcpu, "timer", "target=%u vector=%u", vmpl, vector);
			(void)arrival_post(&vcpu->context[vmpl], ARRIVAL_TIMER, vector, false);
		}
		if (apic->deadline != 0 && apic->deadline < next) {
			next = apic->deadline;
		}
	}
	/* A host that waits for ring 3 takes its CPUs back now and then, to look. */
	if (fault_waits(FAULT_INJECT_USER) && now + clock_tsc_khz() * 1000U / LOOK_HZ < next) {
		next = now + clock_tsc_khz() * 1000U / LOOK_HZ;
	}
	if (next == UINT64_MAX) {
		return; /* a timer that is armed for nothing fires once, for nothing */
	}
	/* One that was due before now may be lost (docs/machine.md, QEMU): an interrupt too many does nothing. */
	if (armed[vcpu->index] <= now || next < armed[vcpu->index]) {
		armed[vcpu->index] = next;
		real_apic_arm(clock_apic_counts(next - now));
	}
}

/* INIT and SIPI: they end an AP reset hold and activate what was created for the next INIT; else SNP ignores them. */
static void startup_run(struct vcpu *vcpu, u32 vmpl)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	bool init = __atomic_exchange_n(&context->apic.init_pending, false, __ATOMIC_ACQ_REL);
	bool startup = __atomic_exchange_n(&context->apic.startup_pending, false, __ATOMIC_ACQ_REL);
	if (init) {
		(void)context_move(context, CONTEXT_PENDING, CONTEXT_READY);
	}
	if (startup && context_move(context, CONTEXT_WAITING, CONTEXT_READY)) {
		context->woken = true;
	}
}

static bool context_runs(const struct vmpl_context *context)
{
	return context->state == CONTEXT_READY || context->state == CONTEXT_HALTED;
}

/* Events of VMPL0 go before whatever lower VMPL runs (that one sees an INTR exit), or sleeps: it sleeps on afterwards. */
static void preempt(struct vcpu *vcpu)
{
	struct vmpl_context *first = &vcpu->context[0];
	if (vcpu->vmpl == 0 || !context_runs(first) || !context_is_restricted(first)) {
		return;
	}
	enum doorbell_news news = doorbell_update(vcpu, 0);
	if (news == DOORBELL_QUIET) {
		return;
	}
	if (news == DOORBELL_SIGNAL) {
		first->pending_event = EVENT_HV;
	}
	(void)context_move(first, CONTEXT_HALTED, CONTEXT_READY);
	struct vmsa *interrupted = vcpu_vmsa(vcpu);
	if (interrupted != NULL) {
		interrupted->guest_exitcode = SVM_EXIT_INTR;
	}
	if (vcpu_switch(vcpu, 0) == ERR_OK) {
		trace(TRACE_VMPL, vcpu, "vmpl-preempt", NULL);
	}
}

static void restricted_entry(struct vcpu *vcpu, struct interrupt_entry *entry)
{
	u64 vector;
	struct vmpl_context *context = vcpu_context(vcpu);
	bool again = context->signal_again;
	context->signal_again = false;
	bool signal = doorbell_update(vcpu, vcpu->vmpl) == DOORBELL_SIGNAL;
	if (vcpu->vmpl == 0 && context->doorbell != VCPU_GHCB_NONE && fault_due(FAULT_HV_VECTOR, vcpu, &vector)) {
		signal = doorbell_forge(vcpu, 0, (u8)vector) || signal;
	}
	if (signal || again) {
		entry->inject = EVENT_HV;
	}
}

/*
 * Whether the current context, which is not restricted, gets interrupts. VMPL0 above a guest does not: its APIC's would have to
 * come to it while the guest runs, and the only way there is the doorbell.
 */
static bool takes_ordinary(const struct vcpu *vcpu)
{
	return vcpu->vmpl != 0 || level_vmpl(vcpu) == 0;
}

static void ordinary_entry(struct vcpu *vcpu, struct interrupt_entry *entry)
{
	struct apic *apic = &vcpu_context(vcpu)->apic;
	if (!takes_ordinary(vcpu)) {
		return;
	}
	if (entry->inject == 0 && apic->nmi_pending && !apic->nmi_blocked) {
		apic->nmi_pending = false;
		apic->nmi_blocked = true;
		entry->inject = EVENT_NMI;
	}
	u32 vector = apic_deliverable(apic);
	if (apic->external_pending != 0) {
		vector = apic->external_pending & 0xFF;
	} else if (vector != APIC_NO_VECTOR) {
		apic_present(apic, vector);
	}
	if (vector != APIC_NO_VECTOR) {
		entry->window = true;
		entry->vector = (u8)vector;
	}
}

static void forget_all(struct vcpu *vcpu, struct vmpl_context *context, bool in_service)
{
	bool level;
	u32 vector;
	while ((vector = apic_drop(&context->apic, in_service, &level)) != APIC_NO_VECTOR) {
		if (!in_service) {
			arrival_forgotten(context);
		}
		if (level) {
			level_end(vcpu, vector);
		}
	}
}

/* AP creation resets the APIC of its VMPL, as KVM does: what the VMSA before was about to get is not for the next. */
static void resets_run(struct vcpu *vcpu)
{
	for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
		struct vmpl_context *context = &vcpu->context[vmpl];
		if (!__atomic_load_n(&context->apic.reset_pending, __ATOMIC_ACQUIRE)) {
			continue;
		}
		__atomic_store_n(&context->apic.reset_pending, false, __ATOMIC_RELEASE);
		doorbell_withdraw(context);
		apic_init(&context->apic);
		forget_all(vcpu, context, false);
		forget_all(vcpu, context, true);
		if (vmpl == level_vmpl(vcpu)) {
			real_apic_route(&context->apic);
		}
	}
}

void interrupts_before_entry(struct vcpu *vcpu, struct interrupt_entry *entry)
{
	*entry = (struct interrupt_entry){0};
	resets_run(vcpu);
	timers_run(vcpu);
	preempt(vcpu);
	struct vmpl_context *context = vcpu_context(vcpu);
	if (context->pending_event != 0) {
		entry->inject = context->pending_event;
		context->pending_event = 0;
	} else if (context_is_restricted(context)) {
		restricted_entry(vcpu, entry);
	}
	if (!context_is_restricted(context)) {
		ordinary_entry(vcpu, entry);
	}
}

void interrupts_after_exit(struct vcpu *vcpu, const struct interrupt_entry *entry, bool taken)
{
	if (!entry->window) {
		return;
	}
	struct apic *apic = &vcpu_context(vcpu)->apic;
	if (apic->external_pending == (EXTERNAL_VALID | entry->vector)) {
		apic->external_pending = taken ? 0 : apic->external_pending;
	} else if (taken) {
		arrival_taken(vcpu_context(vcpu), entry->vector);
	} else {
		arrival_withdrawn(vcpu_context(vcpu), entry->vector);
	}
}

static bool context_wakes(struct vcpu *vcpu, u32 vmpl)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	const struct apic *apic = &context->apic;
	if (context_is_restricted(context)) {
		if (doorbell_update(vcpu, vmpl) == DOORBELL_SIGNAL) {
			context->pending_event = EVENT_HV;
		}
		return context->pending_event != 0 || doorbell_occupied(context);
	}
	if (!takes_ordinary(vcpu)) {
		return context->pending_event != 0;
	}
	if (context->pending_event != 0 || (apic->nmi_pending && !apic->nmi_blocked)) {
		return true;
	}
	const struct vmsa *vmsa = vcpu_vmsa(vcpu);
	bool open = vmsa != NULL && (vmsa->rflags & RFLAGS_IF) != 0;
	return open && (apic->external_pending != 0 || apic_deliverable(apic) != APIC_NO_VECTOR);
}

bool interrupts_pending(struct vcpu *vcpu)
{
	resets_run(vcpu);
	timers_run(vcpu);
	for (u32 vmpl = 0; vmpl < VMPL_COUNT; vmpl++) {
		startup_run(vcpu, vmpl);
	}
	struct vmpl_context *context = vcpu_context(vcpu);
	if (context->state == CONTEXT_READY) {
		return true;
	}
	if (context->state == CONTEXT_HALTED && context_wakes(vcpu, vcpu->vmpl)) {
		return true;
	}
	preempt(vcpu);
	return vcpu_context(vcpu)->state == CONTEXT_READY;
}
