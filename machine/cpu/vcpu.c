/* SPDX-License-Identifier: MIT */
#include "cpu/vcpu.h"

#include "base/align.h"
#include "cpu/cpu.h"
#include "cpu/state.h"
#include "cpu/vmrun.h"
#include "mm/memory.h"
#include "rmp/rmp.h"
#include "rmp/view.h"
#include "trace/trace.h"

#define SEV_INFO_MAX_SHIFT 48U
#define SEV_INFO_MIN_SHIFT 32U
#define SEV_INFO_CBIT_SHIFT 24U
#define GHCB_VERSION_MIN 1ULL

static struct vcpu vcpus[VCPU_MAX];
static u32 count;
/* Serializes changes of who runs which VMSA. */
static struct lock attach_lock;

u32 vcpu_count(void)
{
	return __atomic_load_n(&count, __ATOMIC_ACQUIRE);
}

struct vcpu *vcpu_at(u32 index)
{
	return &vcpus[index];
}

struct vcpu *vcpu_by_apic_id(u32 apic_id)
{
	for (u32 i = 0; i < vcpu_count(); i++) {
		if (vcpus[i].apic_id == apic_id) {
			return &vcpus[i];
		}
	}
	return NULL;
}

struct vcpu *vcpu_current(void)
{
	return cpu_current()->vcpu;
}

u64 vcpu_sev_info(void)
{
	return (u64)GHCB_VERSION << SEV_INFO_MAX_SHIFT | GHCB_VERSION_MIN << SEV_INFO_MIN_SHIFT |
	       (u64)memory_cbit() << SEV_INFO_CBIT_SHIFT | GHCB_MSR_SEV_INFO;
}

void vcpu_start(struct cpu *cpu)
{
	struct vcpu *vcpu = &vcpus[cpu->index];
	vcpu->index = cpu->index;
	vcpu->apic_id = cpu->apic_id;
	for (u32 i = 0; i < VMPL_COUNT; i++) {
		struct vmpl_context *context = &vcpu->context[i];
		context->ghcb_registered = VCPU_GHCB_NONE;
		context->doorbell = VCPU_GHCB_NONE;
		context->ghcb_msr = vcpu_sev_info();
	}
	cpu->vcpu = vcpu;
	__atomic_store_n(&count, cpu->index + 1, __ATOMIC_RELEASE);
}

void vcpu_store_fpu(void)
{
	state_own(cpu_current(), NULL);
}

static bool vmsa_attached_elsewhere(const struct vcpu *vcpu, u32 vmpl, gpa_t vmsa)
{
	for (u32 i = 0; i < vcpu_count() * VMPL_COUNT; i++) {
		const struct vcpu *other = &vcpus[i / VMPL_COUNT];
		const struct vmpl_context *context = &other->context[i % VMPL_COUNT];
		bool self = other == vcpu && i % VMPL_COUNT == vmpl;
		if (!self && context->state != CONTEXT_ABSENT && context->vmsa.raw == vmsa.raw) {
			return true;
		}
	}
	return false;
}

void vcpu_release(struct cpu *cpu)
{
	__atomic_store_n(&cpu->entered, NULL, __ATOMIC_SEQ_CST);
	/* Its rare registers may still be here: the CPU that detached it waits for them. */
	if (cpu->fpu_owner == NULL) {
		return;
	}
	for (u32 i = 0; i < VMPL_COUNT; i++) {
		const struct vmpl_context *context = &cpu->vcpu->context[i];
		if (context->state != CONTEXT_ABSENT && context->registers == cpu->fpu_owner) {
			return;
		}
	}
	state_own(cpu, NULL);
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

void vcpu_kick(struct vcpu *vcpu)
{
	struct cpu *cpu = cpu_at(vcpu->index);
	if (cpu == cpu_current()) {
		return;
	}
	__atomic_store_n(&cpu->kicked, 1, __ATOMIC_SEQ_CST);
	cpu_kick(cpu);
}

void vcpu_inject_exception(struct vcpu *vcpu, u32 vector, bool has_error_code, u32 error_code)
{
	u64 event = EVENT_VALID | EVENT_TYPE_EXCEPTION | vector;
	if (has_error_code) {
		event |= EVENT_ERROR_CODE_VALID | (u64)error_code << 32;
	}
	vcpu_context(vcpu)->pending_event = event;
}
