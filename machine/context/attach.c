/* SPDX-License-Identifier: MIT */
#include "context/attach.h"

#include "base/align.h"
#include "context/vmrun.h"
#include "cpu/cpu.h"
#include "cpu/state.h"
#include "rmp/rmp.h"
#include "rmp/view.h"
#include "trace/trace.h"

/* Serializes changes of who runs which VMSA. */
static struct lock attach_lock;

static bool vmsa_attached_elsewhere(const struct vcpu *vcpu, u32 vmpl, gpa_t vmsa)
{
	for (u32 i = 0; i < vcpu_count() * VMPL_COUNT; i++) {
		const struct vcpu *other = vcpu_at(i / VMPL_COUNT);
		const struct vmpl_context *context = &other->context[i % VMPL_COUNT];
		bool self = other == vcpu && i % VMPL_COUNT == vmpl;
		if (!self && context->state != CONTEXT_ABSENT && context->vmsa.raw == vmsa.raw) {
			return true;
		}
	}
	return false;
}

/* Whoever waits may be waited for: by a CPU that holds the lock and detaches what runs here. */
static void release_while_waiting(void)
{
	struct cpu *cpu = cpu_current();
	if (vcpu_context(cpu->vcpu)->state == CONTEXT_ABSENT) {
		vcpu_release(cpu);
	}
}

static void attach_lock_take(void)
{
	while (!lock_try(&attach_lock)) {
		release_while_waiting();
		cpu_pause();
	}
}

static void detach_locked(struct vcpu *vcpu, u32 vmpl)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	struct cpu *cpu = cpu_at(vcpu->index);
	struct vmsa *vmsa = context->registers;
	if (context->state == CONTEXT_ABSENT) {
		return;
	}
	__atomic_store_n(&context->state, CONTEXT_ABSENT, __ATOMIC_SEQ_CST);
	if (cpu == cpu_current()) {
		if (cpu->fpu_owner == vmsa) {
			state_own(cpu, NULL);
		}
		return;
	}
	/* The other CPU lets go of it in its run loop, where it sees the state. */
	while (__atomic_load_n(&cpu->entered, __ATOMIC_SEQ_CST) == vmsa ||
	       __atomic_load_n(&cpu->fpu_owner, __ATOMIC_SEQ_CST) == vmsa) {
		cpu_kick(cpu);
		release_while_waiting();
		cpu_pause();
	}
}

/* What the VMSA before left behind is not the new one's. Its CPU resets the local APIC. */
static void context_begin(struct vcpu *vcpu, u32 vmpl, u64 sev_features)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	context->sev_features = sev_features;
	context->pending_event = 0;
	context->signal_again = false;
	context->woken = false;
	context->apic.init_pending = false;
	context->apic.startup_pending = false;
	__atomic_store_n(&context->apic.reset_pending, true, __ATOMIC_RELEASE);
	cpu_at(vcpu->index)->int_state[vmpl] = 0;
}

enum err vcpu_attach(struct vcpu *vcpu, u32 vmpl, gpa_t vmsa, u64 sev_features, enum context_state state)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	if (!is_aligned(vmsa.raw, PAGE_SIZE) || rmp_find(vmsa) == NULL) {
		return ERR_RANGE;
	}
	if (!vmrun_page_usable(vmsa)) {
		return ERR_STATE;
	}
	attach_lock_take();
	detach_locked(vcpu, vmpl);
	enum err error = vmsa_attached_elsewhere(vcpu, vmpl, vmsa) ? ERR_BUSY : ERR_OK;
	if (error == ERR_OK) {
		context_begin(vcpu, vmpl, sev_features);
		context->vmsa = vmsa;
		context->registers = memory_page(vmsa);
		__atomic_store_n(&context->state, state, __ATOMIC_SEQ_CST);
	}
	lock_release(&attach_lock);
	if (error == ERR_OK) {
		trace(TRACE_VMPL, vcpu, "attach", "target=%u vmsa=0x%lx state=%u", vmpl, vmsa.raw, (u32)state);
		vcpu_kick(vcpu);
	}
	return error;
}

void vcpu_detach(struct vcpu *vcpu, u32 vmpl)
{
	attach_lock_take();
	detach_locked(vcpu, vmpl);
	lock_release(&attach_lock);
}

enum err vcpu_switch(struct vcpu *vcpu, u32 vmpl)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	if (context->state == CONTEXT_ABSENT || context->state == CONTEXT_STOPPED) {
		return ERR_STATE;
	}
	enum err error = vmrun_check(vcpu, vmpl);
	if (error != ERR_OK) {
		trace(TRACE_REFUSED, vcpu, "vmrun-invalid", "target=%u vmsa=0x%lx text=\"%s\"", vmpl, context->vmsa.raw,
		      err_name(error));
		return error;
	}
	(void)context_move(context, CONTEXT_PENDING, CONTEXT_READY);
	if (vcpu->vmpl != vmpl) {
		trace(TRACE_VMPL, vcpu, "switch", "target=%u", vmpl);
		vcpu->vmpl = vmpl;
	}
	return ERR_OK;
}
