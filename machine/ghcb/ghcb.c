/* SPDX-License-Identifier: MIT */
#include "cpu/exits.h"
#include "fault/fault.h"
#include "ghcb/msr_protocol.h"
#include "ghcb/nae.h"
#include "rmp/rmp.h"
#include "trace/trace.h"

/* A hostile host takes a page away from VMPL0 while that is not looking. */
static void remap_commit(const struct vcpu *vcpu)
{
	u64 page;
	if (vcpu->vmpl != 0 || !fault_due(FAULT_REMAP, vcpu, &page)) {
		return;
	}
	enum err error = rmp_remap(gpa(page));
	if (error != ERR_OK) {
		trace(TRACE_ALWAYS, vcpu, "fault-failed", "kind=remap error=\"%s\"", err_name(error));
	}
}

void ghcb_exit(struct vcpu *vcpu)
{
	remap_commit(vcpu);
	if ((vcpu_context(vcpu)->ghcb_msr & GHCB_MSR_INFO_MASK) == 0) {
		ghcb_page_exit(vcpu);
	} else {
		ghcb_msr_exit(vcpu);
	}
}
