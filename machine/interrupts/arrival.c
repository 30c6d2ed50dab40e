/* SPDX-License-Identifier: MIT */
#include "interrupts/arrival.h"

static void count(u64 *counter)
{
	__atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
}

bool arrival_post(struct vmpl_context *context, enum arrival_kind kind, u32 vector, bool level)
{
	struct counters *counters = &context->counters;
	u64 *kinds[] = {
		[ARRIVAL_TIMER] = &counters->interrupts_timer,
		[ARRIVAL_DEVICE] = &counters->interrupts_device,
		[ARRIVAL_IPI] = &counters->interrupts_ipi,
	};
	count(kinds[kind]);
	enum apic_arrival arrival = apic_post(&context->apic, vector, level);
	if (arrival != APIC_POSTED) {
		count(arrival == APIC_MERGED ? &counters->interrupts_merged : &counters->interrupts_lost);
	}
	return arrival != APIC_LOST;
}

void arrival_taken(struct vmpl_context *context, u32 vector)
{
	apic_accept(&context->apic, vector);
	count(&context->counters.interrupts_taken);
}

void arrival_withdrawn(struct vmpl_context *context, u32 vector)
{
	if (apic_withdraw(&context->apic, vector) == APIC_MERGED) {
		count(&context->counters.interrupts_merged);
	}
}

void arrival_forgotten(struct vmpl_context *context)
{
	count(&context->counters.interrupts_lost);
}
