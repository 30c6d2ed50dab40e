/* SPDX-License-Identifier: MIT */
#include "interrupts/doorbell.h"

#include "base/align.h"
#include "fault/fault.h"
#include "interrupts/arrival.h"
#include "rmp/rmp.h"
#include "rmp/view.h"
#include "trace/trace.h"

/* The page, while it still is shared memory. */
static struct hv_doorbell *doorbell_page(const struct vmpl_context *context)
{
	if (context->doorbell == VCPU_GHCB_NONE) {
		return NULL;
	}
	const struct rmp_entry *entry = rmp_find(gpa(context->doorbell));
	if (entry == NULL || entry->assigned != 0) {
		return NULL;
	}
	return memory_page(gpa(context->doorbell));
}

enum err doorbell_register(struct vmpl_context *context, u64 address)
{
	doorbell_forget(context);
	const struct rmp_entry *entry = rmp_find(gpa(address));
	if (!is_aligned(address, PAGE_SIZE) || entry == NULL || entry->assigned != 0) {
		return ERR_INPUT;
	}
	context->doorbell = address;
	return ERR_OK;
}

/* The vector that stands in the page waits again, unless the guest was quicker. */
static void doorbell_take_back(struct vmpl_context *context, struct hv_doorbell *page)
{
	struct apic *apic = &context->apic;
	u8 vector = (u8)apic->hv_presented;
	if (vector == 0) {
		return;
	}
	if (page != NULL &&
	    !__atomic_compare_exchange_n(&page->vector, &vector, (u8)0, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED) &&
	    vector == 0) {
		arrival_taken(context, apic->hv_presented);
	} else {
		arrival_withdrawn(context, apic->hv_presented);
	}
	apic->hv_presented = 0;
}

void doorbell_withdraw(struct vmpl_context *context)
{
	doorbell_take_back(context, doorbell_page(context));
}

void doorbell_forget(struct vmpl_context *context)
{
	doorbell_withdraw(context);
	context->doorbell = VCPU_GHCB_NONE;
	context->signal_again = false;
}

static void page_acknowledge(struct vmpl_context *context, const struct hv_doorbell *page)
{
	struct apic *apic = &context->apic;
	if (apic->hv_presented != 0 && __atomic_load_n(&page->vector, __ATOMIC_ACQUIRE) == 0) {
		arrival_taken(context, apic->hv_presented);
		apic->hv_presented = 0;
	}
}

void doorbell_acknowledge(struct vmpl_context *context)
{
	const struct hv_doorbell *page = doorbell_page(context);
	if (page != NULL) {
		page_acknowledge(context, page);
	}
}

static bool doorbell_present(struct vmpl_context *context, struct hv_doorbell *page)
{
	struct apic *apic = &context->apic;
	bool presented = false;
	u32 vector = apic_deliverable(apic);
	u8 empty = 0;
	if (apic->hv_presented == 0 && vector != APIC_NO_VECTOR) {
		__atomic_store_n(&page->no_eoi_required, (u8)0, __ATOMIC_RELAXED);
		if (__atomic_compare_exchange_n(&page->vector, &empty, (u8)vector, false, __ATOMIC_ACQ_REL,
						__ATOMIC_RELAXED)) {
			apic_present(apic, vector);
			apic->hv_presented = vector;
			presented = true;
		}
	}
	if (apic->nmi_pending &&
	    (__atomic_fetch_or(&page->flags, HV_DOORBELL_FLAG_NMI, __ATOMIC_ACQ_REL) & HV_DOORBELL_FLAG_NMI) == 0) {
		apic->nmi_pending = false;
		presented = true;
	}
	return presented;
}

static bool doorbell_signal(struct vcpu *vcpu, u32 vmpl, struct hv_doorbell *page)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	u64 argument;
	u8 before = __atomic_fetch_or(&page->flags, HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL, __ATOMIC_ACQ_REL);
	bool signal = (before & HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL) == 0;
	if (signal && vmpl == 0 && fault_due(FAULT_HV_LOST, vcpu, &argument)) {
		return false;
	}
	if (signal) {
		context->signal_again = vmpl == 0 && fault_due(FAULT_HV_REPEATED, vcpu, &argument);
		context->counters.hv_signals++;
		trace(TRACE_INTERRUPT, vcpu, "hv-signal", "target=%u vector=%u", vmpl, page->vector);
	}
	return signal;
}

enum doorbell_news doorbell_update(struct vcpu *vcpu, u32 vmpl)
{
	struct vmpl_context *context = &vcpu->context[vmpl];
	const struct apic *apic = &context->apic;
	if (apic->hv_presented == 0 && !apic->nmi_pending && apic_deliverable(apic) == APIC_NO_VECTOR) {
		return DOORBELL_QUIET; /* as at most exits, and without a look at the page */
	}
	struct hv_doorbell *page = doorbell_page(context);
	if (page == NULL) {
		return DOORBELL_QUIET;
	}
	page_acknowledge(context, page);
	if (!doorbell_present(context, page)) {
		return DOORBELL_QUIET;
	}
	return doorbell_signal(vcpu, vmpl, page) ? DOORBELL_SIGNAL : DOORBELL_PRESENTED;
}

bool doorbell_occupied(const struct vmpl_context *context)
{
	const struct hv_doorbell *page = doorbell_page(context);
	if (page == NULL) {
		return false;
	}
	u8 waiting = HV_DOORBELL_FLAG_NO_FURTHER_SIGNAL | HV_DOORBELL_FLAG_NMI | HV_DOORBELL_FLAG_MC;
	return __atomic_load_n(&page->vector, __ATOMIC_ACQUIRE) != 0 ||
	       (__atomic_load_n(&page->flags, __ATOMIC_ACQUIRE) & waiting) != 0;
}

bool doorbell_forge(struct vcpu *vcpu, u32 vmpl, u8 vector)
{
	struct hv_doorbell *page = doorbell_page(&vcpu->context[vmpl]);
	if (page == NULL) {
		fault_failed(FAULT_HV_VECTOR, vcpu, ERR_STATE);
		return false;
	}
	doorbell_take_back(&vcpu->context[vmpl], page);
	__atomic_store_n(&page->vector, vector, __ATOMIC_RELEASE);
	return doorbell_signal(vcpu, vmpl, page);
}
