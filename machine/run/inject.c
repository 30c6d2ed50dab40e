/* SPDX-License-Identifier: MIT */
#include "run/inject.h"

#include "exit/exception.h"
#include "fault/fault.h"
#include "interrupts/doorbell.h"

#define RING_3 3
#define EVENT_ID_MASK (EVENT_TYPE_MASK | 0xFFULL)
#define EVENT_ID_HV (EVENT_TYPE_EXCEPTION | VECTOR_HV)

/*
 * In software: the processor under us pushes error codes by its own opinion of the vector, and after an interrupt it repeats the
 * exception before.
 */
bool inject_before_entry(struct vcpu *vcpu, struct interrupt_entry *entry)
{
	u64 event;
	struct vmpl_context *context = vcpu_context(vcpu);
	if (vcpu->vmpl != 0 || entry->inject != 0 || entry->window) {
		return true;
	}
	enum fault_kind kind = vcpu_vmsa(vcpu)->cpl == RING_3 ? FAULT_INJECT_USER : FAULT_INJECT;
	if (!fault_due(kind, vcpu, &event)) {
		return true;
	}
	if (context_is_restricted(context) && (event & EVENT_ID_MASK) != EVENT_ID_HV) {
		return false;
	}
	exception_deliver(vcpu, event);
	entry->inject = context->pending_event;
	context->pending_event = 0;
	return true;
}
