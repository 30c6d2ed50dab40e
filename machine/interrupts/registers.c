/* SPDX-License-Identifier: MIT */
#include "interrupts/registers.h"

#include "apic/clock.h"
#include "apic/real.h"
#include "interrupts/doorbell.h"
#include "interrupts/ipi.h"
#include "interrupts/level.h"
#include "x86/instructions.h"

/* What a write to the current context's APIC means beyond it. */
static void effect_apply(struct vcpu *vcpu, const struct apic_effect *effect)
{
	struct apic *apic = &vcpu_context(vcpu)->apic;
	if (effect->ended_level) { /* only device interrupts are */
		level_end(vcpu, effect->vector);
	}
	if (effect->routing && vcpu->vmpl == level_vmpl(vcpu)) {
		real_apic_route(apic);
	}
	if (effect->send) {
		struct ipi ipi = {
			.sender = vcpu, .vmpl = vcpu->vmpl, .x2apic = apic_is_x2apic(apic), .icr = effect->icr};
		ipi_send(&ipi);
	}
}

static bool register_write(struct vcpu *vcpu, u32 number, u64 value)
{
	struct apic *apic = &vcpu_context(vcpu)->apic;
	struct apic_effect effect;
	doorbell_acknowledge(vcpu_context(vcpu)); /* what is ended now is in service by now */
	if (!apic_write(apic, number, value, &effect)) {
		return false;
	}
	apic_timer_restart(apic, number, tsc_read(), clock_tsc_khz());
	effect_apply(vcpu, &effect);
	return true;
}

u32 interrupts_mmio_read(struct vcpu *vcpu, u32 offset)
{
	u64 value = 0;
	const struct apic *apic = &vcpu_context(vcpu)->apic;
	if (offset % 16 != 0 || apic_is_x2apic(apic) ||
	    !apic_read(apic, offset / 16, tsc_read(), clock_tsc_khz(), &value)) {
		return 0;
	}
	return (u32)value;
}

void interrupts_mmio_write(struct vcpu *vcpu, u32 offset, u32 value)
{
	if (offset % 16 == 0 && !apic_is_x2apic(&vcpu_context(vcpu)->apic)) {
		(void)register_write(vcpu, offset / 16, value);
	}
}

bool interrupts_msr_read(struct vcpu *vcpu, u32 msr, u64 *value)
{
	const struct apic *apic = &vcpu_context(vcpu)->apic;
	doorbell_acknowledge(vcpu_context(vcpu));
	if (msr == MSR_APIC_BASE) {
		*value = apic->base_msr;
		return true;
	}
	if (msr == MSR_TSC_DEADLINE) {
		*value = apic_deadline_read(apic);
		return true;
	}
	u32 number = msr - MSR_X2APIC_FIRST;
	return apic_is_x2apic(apic) && number != APIC_EOI && number != APIC_SELF_IPI &&
	       apic_read(apic, number, tsc_read(), clock_tsc_khz(), value);
}

bool interrupts_msr_write(struct vcpu *vcpu, u32 msr, u64 value)
{
	struct apic *apic = &vcpu_context(vcpu)->apic;
	if (msr == MSR_APIC_BASE) {
		bool ok = apic_base_write(apic, value);
		if (ok && vcpu->vmpl == level_vmpl(vcpu)) {
			real_apic_route(apic);
		}
		return ok;
	}
	if (msr == MSR_TSC_DEADLINE) {
		apic_deadline_write(apic, value);
		return true;
	}
	return apic_is_x2apic(apic) && register_write(vcpu, msr - MSR_X2APIC_FIRST, value);
}
