/* SPDX-License-Identifier: MIT */
/* Restricted injection: the #HV doorbell page. GHCB (56421), section 5; the rules are in docs/machine.md. */
#pragma once

#include "base/err.h"
#include "cpu/vcpu.h"

static inline bool context_is_restricted(const struct vmpl_context *context)
{
	return (context->sev_features & SEV_FEATURE_RESTRICTED_INJECTION) != 0;
}

enum doorbell_news {
	DOORBELL_QUIET,
	DOORBELL_PRESENTED, /* there is something new in the page, but its owner wants no signal */
	DOORBELL_SIGNAL,    /* likewise, and #HV has to be injected at the next entry */
};

/* Brings the context's doorbell page up to date: takes what the guest acknowledged, presents what waits. */
enum doorbell_news doorbell_update(struct vcpu *vcpu, u32 vmpl);

/*
 * The first half of it: a vector that the guest has zeroed is in service. Before each look at the APIC's registers, for the
 * guest may end an interrupt without another exit in between. Harmless without a doorbell page.
 */
void doorbell_acknowledge(struct vmpl_context *context);

/* The vector that stands in the page waits in the APIC again, unless the guest took it. */
void doorbell_withdraw(struct vmpl_context *context);

/* True when the page holds something the guest has not taken: it must not sleep. */
bool doorbell_occupied(const struct vmpl_context *context);

/* A vector nobody asked for, as a hostile host would present it. True when #HV has to be injected for it. */
bool doorbell_forge(struct vcpu *vcpu, u32 vmpl, u8 vector);

/* NAE HV_DOORBELL: register. ERR_INPUT: not a shared page of RAM. */
err_t doorbell_register(struct vmpl_context *context, u64 address);
void doorbell_forget(struct vmpl_context *context);
