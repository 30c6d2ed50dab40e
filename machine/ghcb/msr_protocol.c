/* SPDX-License-Identifier: MIT */
#include "ghcb/msr_protocol.h"

#include "fault/fault.h"
#include "ghcb/features.h"
#include "ghcb/hold.h"
#include "ghcb/page_state.h"
#include "ghcb/run_vmpl.h"
#include "ghcb/terminate.h"
#include "mm/memory.h"
#include "psp/cpuid.h"
#include "trace/trace.h"

#define GFN_FIELD_MASK 0xFFFFFFFFFFFFF000ULL
#define PSC_GFN_MASK 0x000FFFFFFFFFF000ULL
#define CPUID_REGISTER_FIELD (3ULL << 30)
#define RUN_VMPL_ERROR (1ULL << 32)
#define FOREIGN_GFN_FIELD 0x0000000DEAD000ULL

static u64 answer_cpuid(u64 request)
{
	struct cpuid_result r = cpuid_guest((u32)(request >> 32), 0, 1);
	const u32 values[4] = {r.eax, r.ebx, r.ecx, r.edx};
	return (u64)values[request >> 30 & 3U] << 32 | (request & CPUID_REGISTER_FIELD) | GHCB_MSR_CPUID_RESPONSE;
}

/* GFN 0 takes the registration back. */
static u64 answer_register(struct vcpu *vcpu, u64 request)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	u64 page = request & GFN_FIELD_MASK;
	if (page != 0 && !memory_is_ram(gpa(page), PAGE_SIZE)) {
		trace(TRACE_REFUSED, vcpu, "register-refused", "page=0x%llx", (unsigned long long)page);
		return GFN_FIELD_MASK | GHCB_MSR_REGISTER_RESPONSE;
	}
	context->ghcb_registered = page != 0 ? page : VCPU_GHCB_NONE;
	return page | GHCB_MSR_REGISTER_RESPONSE;
}

static u64 answer_page_state(struct vcpu *vcpu, u64 request)
{
	u32 op = (u32)(request >> PSC_ENTRY_OP_SHIFT & PSC_ENTRY_OP_MASK);
	enum err error = page_state_msr(vcpu, request & PSC_GFN_MASK, op);
	return (error == ERR_OK ? 0 : 1ULL << 32) | GHCB_MSR_PAGE_STATE_RESPONSE;
}

static u64 answer_run_vmpl(struct vcpu *vcpu, u64 target)
{
	enum err error = run_vmpl_check(vcpu, target);
	if (error != ERR_OK) {
		trace(TRACE_REFUSED, vcpu, "run-vmpl-refused", "target=%llu error=\"%s\"", (unsigned long long)target,
		      err_name(error));
	}
	return (error == ERR_OK ? 0 : RUN_VMPL_ERROR) | GHCB_MSR_RUN_VMPL_RESPONSE;
}

/* The response to a request that is answered at once; the request itself when it is none this host knows. */
static u64 answer(struct vcpu *vcpu, u64 request)
{
	switch (request & GHCB_MSR_INFO_MASK) {
	case GHCB_MSR_SEV_INFO_REQUEST:
		return vcpu_sev_info();
	case GHCB_MSR_CPUID_REQUEST:
		return answer_cpuid(request);
	case GHCB_MSR_PREFERRED_REQUEST:
		return GFN_FIELD_MASK | GHCB_MSR_PREFERRED_RESPONSE; /* no preference */
	case GHCB_MSR_REGISTER_REQUEST:
		return answer_register(vcpu, request);
	case GHCB_MSR_PAGE_STATE_REQUEST:
		return answer_page_state(vcpu, request);
	case GHCB_MSR_RUN_VMPL_REQUEST:
		return answer_run_vmpl(vcpu, request >> 32);
	case GHCB_MSR_FEATURES_REQUEST:
		return ghcb_features() << 12 | GHCB_MSR_FEATURES_RESPONSE;
	default:
		vcpu_context(vcpu)->counters.vmgexits_refused++;
		trace(TRACE_REFUSED, vcpu, "msr-refused", "msr=0x%llx", (unsigned long long)request);
		return request;
	}
}

void ghcb_msr_exit(struct vcpu *vcpu)
{
	struct vmpl_context *context = vcpu_context(vcpu);
	u64 request = context->ghcb_msr;
	context->counters.vmgexits_msr++;
	switch (request & GHCB_MSR_INFO_MASK) {
	case GHCB_MSR_AP_RESET_HOLD_REQUEST:
		ghcb_hold(vcpu, true);
		return;
	case GHCB_MSR_TERMINATE_REQUEST:
		ghcb_terminate(vcpu, (u32)(request >> 12 & 0xF), (u32)(request >> 16 & 0xFF), request >> 24);
		return;
	default:
		break;
	}
	u64 argument;
	context->ghcb_msr = answer(vcpu, request);
	bool switches = (request & GHCB_MSR_INFO_MASK) == GHCB_MSR_RUN_VMPL_REQUEST &&
			context->ghcb_msr == GHCB_MSR_RUN_VMPL_RESPONSE;
	if (context == &vcpu->context[0] && fault_due(FAULT_GHCB_ADDRESS, vcpu, &argument)) {
		context->ghcb_msr = FOREIGN_GFN_FIELD | (context->ghcb_msr & GHCB_MSR_INFO_MASK);
	}
	trace(TRACE_VMGEXIT, vcpu, "vmgexit", "msr=0x%llx answer=0x%llx", (unsigned long long)request,
	      (unsigned long long)context->ghcb_msr);
	if (switches) { /* the answer stands in the caller's MSR before the target runs */
		run_vmpl_switch(vcpu, (u32)(request >> 32));
	}
}
