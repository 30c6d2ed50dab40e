/* SPDX-License-Identifier: MIT */
/*
 * The fault plan: how this host lies, so that the SVSM can be tested against it. Text, one fault an entry, separated by
 * commas: KIND[@WHEN][:ARGUMENT], format in docs/faults.md. Every fault that strikes is traced (event fault).
 */
#pragma once

#include "base/err.h"
#include "base/span.h"
#include "cpu/vcpu.h"

#define FAULT_ENTRIES_MAX 16U

enum fault_kind {
	FAULT_REMAP,      /* remap@N:GPA      at VMPL0's Nth VMGEXIT a private page is replaced by a fresh one */
	FAULT_REMAP_USER, /* remap-user@N     likewise, at VMPL0's Nth exit out of ring 3, the page of ring 3's stack */
	FAULT_PSC_IGNORED,   /* psc-ignored@N    the Nth page-state change of VMPL0 is answered, not done */
	FAULT_CPUID_CHANGED, /* cpuid-changed:LEAF  a CPUID page entry differs after launch */
	FAULT_GHCB_ADDRESS,  /* ghcb-address@N   the Nth MSR-protocol response to VMPL0 names a foreign address */
	FAULT_HV_VECTOR, /* hv-vector@N:V    before VMPL0's Nth entry vector V stands in its doorbell page, and #HV comes */
	FAULT_HV_LOST,     /* hv-lost@N        the Nth #HV for VMPL0 never comes, though the page says that it did */
	FAULT_HV_REPEATED, /* hv-repeated@N    the Nth #HV for VMPL0 comes again at the entry after it, with nothing new */
	FAULT_PSP_BUSY,    /* psp-busy@N:COUNT         from the Nth guest request on, COUNT are told to come again */
	FAULT_PSP_DROP, /* psp-drop@N               the Nth request does not reach the PSP, and is answered with zeros */
	FAULT_PSP_REPEAT,  /* psp-repeat@N             in the place of the Nth response comes the one before */
	FAULT_PSP_REORDER, /* psp-reorder@N            the Nth response comes with the next request */
	FAULT_PSP_DELAY, /* psp-delay@N              the Nth request is carried out, but the guest is told to come again */
	FAULT_PSP_TRUNCATE,      /* psp-truncate@N:BYTES     only so much of the Nth response arrives */
	FAULT_PSP_ALTER,         /* psp-alter@N:BIT          this bit of the Nth response is inverted */
	FAULT_PSP_ALTER_REQUEST, /* psp-alter-request@N:BIT  likewise of the Nth request */
	FAULT_RIGHTS_WAIT, /* rights-wait@N   from the Nth access for which a VMPL lacks the right on, it is tried again */
	FAULT_INJECT,      /* inject@N:EVENT       at VMPL0's Nth entry in ring 0 the host injects that event */
	FAULT_INJECT_USER, /* inject-user@N:EVENT  likewise in ring 3 */
	FAULT_END_IGNORED, /* end-ignored@N   VMPL0's Nth request to be ended is not heard, and all CPUs run on */
	FAULT_COUNT,
};

/* Parses the plan, replacing the one before; ERR_INPUT or ERR_NO_MEMORY, and *bad names the entry. */
err_t fault_plan_set(struct span text, struct span *bad);

/* fault_plan_set that names the bad entry in a trace record (option-error). */
err_t fault_plan_parse(struct span text);

/*
 * Asked by the place that can commit the fault, each time it could: true when it is due now. *argument is the number
 * after the colon, 0 without one.
 */
bool fault_due(enum fault_kind kind, const struct vcpu *vcpu, u64 *argument);

/* The same for a fault that stays: true from the time that it is due, for every CPU. */
bool fault_lasts(enum fault_kind kind, const struct vcpu *vcpu);

/* Whether the plan has one of that kind that was not due yet. */
bool fault_waits(enum fault_kind kind);

/* The fault that was due could not be committed: traced (event fault-failed). */
void fault_failed(enum fault_kind kind, const struct vcpu *vcpu, enum err error);

/* At the end of a run: traces which faults of the plan were never due (event fault-missed). */
void fault_plan_end(void);
