/* SPDX-License-Identifier: MIT */
#include "cpu/vcpu.h"

#include "cpu/cpu.h"
#include "cpu/state.h"
#include "mm/memory.h"

#define SEV_INFO_MAX_SHIFT 48U
#define SEV_INFO_MIN_SHIFT 32U
#define SEV_INFO_CBIT_SHIFT 24U
#define GHCB_VERSION_MIN 1ULL

_Static_assert(VCPU_MAX == CPU_MAX, "one for each CPU");
static struct vcpu vcpus[VCPU_MAX];
static u32 count;

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
