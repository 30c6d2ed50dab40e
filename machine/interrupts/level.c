/* SPDX-License-Identifier: MIT */
#include "interrupts/level.h"

#include "apic/real.h"
#include "interrupts/arrival.h"
#include "trace/trace.h"

#define EXTERNAL_VALID 0x100U

/* Per CPU: level interrupts that the guest has ended, but which do not stand on top of the real APIC's service yet. */
static u32 ended[VCPU_MAX][8];

u32 level_vmpl(const struct vcpu *vcpu)
{
	for (u32 vmpl = VMPL_COUNT - 1; vmpl > 0; vmpl--) {
		if (vcpu->context[vmpl].state != CONTEXT_ABSENT) {
			return vmpl;
		}
	}
	return 0;
}

void level_end(struct vcpu *vcpu, u32 vector)
{
	u32 *bits = ended[vcpu->index];
	bits[vector / 32] |= 1U << vector % 32;
	for (;;) {
		u32 top = real_apic_top();
		if (top == APIC_NO_VECTOR || (bits[top / 32] >> top % 32 & 1U) == 0) {
			return;
		}
		bits[top / 32] &= ~(1U << top % 32);
		real_apic_end();
	}
}

void level_arrive(struct vcpu *vcpu, u32 vector)
{
	u32 vmpl = level_vmpl(vcpu);
	struct vmpl_context *context = &vcpu->context[vmpl];
	context->counters.interrupts++;
	if (!real_apic_in_service(vector)) {
		context->apic.external_pending = EXTERNAL_VALID | vector;
		trace(TRACE_INTERRUPT, vcpu, "interrupt", "target=%u vector=%u kind=external", vmpl, vector);
		return;
	}
	bool level = real_apic_is_level(vector);
	if (!level) {
		real_apic_end();
	}
	bool posted = arrival_post(context, ARRIVAL_DEVICE, vector, level);
	trace(TRACE_INTERRUPT, vcpu, "interrupt", "target=%u vector=%u kind=%s posted=%d", vmpl, vector,
	      level ? "level" : "edge", posted);
	if (level && !posted) {
		level_end(vcpu, vector);
	}
}
