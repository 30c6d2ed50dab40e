/* SPDX-License-Identifier: MIT */
/* Run VMPL, GHCB (56421) MSR 0x016 and NAE 0x80000018. */
#include "ghcb/run_vmpl.h"

#include "context/attach.h"
#include "context/vmrun.h"
#include "ghcb/features.h"
#include "trace/trace.h"

enum err run_vmpl_check(struct vcpu *vcpu, u64 target)
{
	if (!ghcb_offers(GHCB_FEATURE_MULTI_VMPL)) {
		return ERR_UNSUPPORTED;
	}
	if (target >= VMPL_COUNT) {
		return ERR_RANGE;
	}
	enum context_state state = vcpu->context[target].state;
	if (state == CONTEXT_ABSENT || state == CONTEXT_STOPPED) {
		return ERR_STATE;
	}
	return target == vcpu->vmpl ? ERR_OK : vmrun_check(vcpu, (u32)target);
}

void run_vmpl_switch(struct vcpu *vcpu, u32 target)
{
	vcpu_context(vcpu)->counters.run_vmpl++;
	struct vmpl_context *context = &vcpu->context[target];
	bool upwards = target < vcpu->vmpl;
	enum err error = vcpu_switch(vcpu, target);
	/* A higher privilege level that sleeps is woken by the call; one that is returned to sleeps on. */
	if (error == ERR_OK && upwards) {
		(void)context_move(context, CONTEXT_HALTED, CONTEXT_READY);
	}
	if (error != ERR_OK) {
		trace(TRACE_REFUSED, vcpu, "run-vmpl-lost", "target=%u error=\"%s\"", target, err_name(error));
	}
}
