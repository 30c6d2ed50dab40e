/* SPDX-License-Identifier: MIT */
#include "apic/ipi.h"

#include "trace/trace.h"

static bool ipi_is_for(const struct vcpu *sender, const struct vcpu *target, u32 vmpl, u64 icr)
{
	switch (APIC_ICR_SHORTHAND(icr)) {
	case APIC_SHORTHAND_SELF:
		return target == sender;
	case APIC_SHORTHAND_ALL:
		return true;
	case APIC_SHORTHAND_OTHERS:
		return target != sender;
	default:
		return apic_matches(&target->context[vmpl].apic, icr, apic_is_x2apic(&sender->context[vmpl].apic));
	}
}

static void ipi_deliver(struct vcpu *target, u32 vmpl, u64 icr)
{
	struct apic *apic = &target->context[vmpl].apic;
	switch (APIC_ICR_MODE(icr)) {
	case APIC_MODE_FIXED:
	case APIC_MODE_LOWEST:
		(void)apic_post(apic, (u32)icr & 0xFF, false);
		break;
	case APIC_MODE_NMI:
		__atomic_store_n(&apic->nmi_pending, true, __ATOMIC_RELEASE);
		break;
	case APIC_MODE_INIT:
		if ((icr & APIC_ICR_ASSERT) != 0) {
			__atomic_store_n(&apic->init_pending, true, __ATOMIC_RELEASE);
		}
		break;
	case APIC_MODE_STARTUP:
		__atomic_store_n(&apic->startup_pending, true, __ATOMIC_RELEASE);
		break;
	default:
		break;
	}
}

void ipi_send(struct vcpu *sender, u32 vmpl, u64 icr)
{
	trace(TRACE_INTERRUPT, sender, "ipi", "vmpl=%u icr=0x%llx", vmpl, (unsigned long long)icr);
	for (u32 i = 0; i < vcpu_count(); i++) {
		struct vcpu *target = vcpu_at(i);
		if (!ipi_is_for(sender, target, vmpl, icr)) {
			continue;
		}
		ipi_deliver(target, vmpl, icr);
		if (target != sender) {
			vcpu_kick(target);
		}
		if (APIC_ICR_MODE(icr) == APIC_MODE_LOWEST) {
			return;
		}
	}
}
