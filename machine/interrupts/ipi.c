/* SPDX-License-Identifier: MIT */
#include "interrupts/ipi.h"

#include "interrupts/arrival.h"
#include "trace/trace.h"

static bool ipi_is_for(const struct ipi *ipi, const struct vcpu *target)
{
	switch (APIC_ICR_SHORTHAND(ipi->icr)) {
	case APIC_SHORTHAND_SELF:
		return target == ipi->sender;
	case APIC_SHORTHAND_ALL:
		return true;
	case APIC_SHORTHAND_OTHERS:
		return target != ipi->sender;
	default:
		return apic_matches(&target->context[ipi->vmpl].apic, ipi->icr, ipi->x2apic);
	}
}

static void ipi_deliver(struct vmpl_context *context, u64 icr)
{
	struct apic *apic = &context->apic;
	switch (APIC_ICR_MODE(icr)) {
	case APIC_MODE_FIXED:
	case APIC_MODE_LOWEST:
		(void)arrival_post(context, ARRIVAL_IPI, (u32)icr & 0xFF, false);
		break;
	case APIC_MODE_NMI:
		__atomic_fetch_add(&context->counters.interrupts_nmi, 1, __ATOMIC_RELAXED);
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

void ipi_send(const struct ipi *ipi)
{
	trace(TRACE_INTERRUPT, ipi->sender, "ipi", "vmpl=%u icr=0x%llx", ipi->vmpl, (unsigned long long)ipi->icr);
	for (u32 i = 0; i < vcpu_count(); i++) {
		struct vcpu *target = vcpu_at(i);
		if (!ipi_is_for(ipi, target)) {
			continue;
		}
		ipi_deliver(&target->context[ipi->vmpl], ipi->icr);
		if (target != ipi->sender) {
			vcpu_kick(target);
		}
		if (APIC_ICR_MODE(ipi->icr) == APIC_MODE_LOWEST) {
			return;
		}
	}
}
