/* SPDX-License-Identifier: MIT */
#include "ghcb/hold.h"

#include "ghcb/request.h"
#include "trace/trace.h"

#define HOLD_RESPONSE_WOKEN (1ULL << 12)

void ghcb_hold(struct vcpu *vcpu, bool by_msr)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	if (by_msr) {
		context->ghcb_msr = GHCB_MSR_AP_RESET_HOLD_REQUEST;
	}
	(void)context_move(context, CONTEXT_READY, CONTEXT_WAITING);
	trace(TRACE_VMPL, vcpu, "hold", "msr=%d", by_msr);
}

void ghcb_hold_answer(struct vcpu *vcpu)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	if ((context->ghcb_msr & GHCB_MSR_INFO_MASK) != 0) {
		context->ghcb_msr = HOLD_RESPONSE_WOKEN | GHCB_MSR_AP_RESET_HOLD_RESPONSE;
		return;
	}
	struct ghcb_request request;
	enum err error = ghcb_request_read(&request, vcpu);
	if (error != ERR_OK) {
		ghcb_lost(&request, error);
		return;
	}
	request.result2 = 1;
	ghcb_request_answer(&request);
}
