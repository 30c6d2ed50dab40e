/* SPDX-License-Identifier: MIT */
#include "ghcb/nae.h"

#include "ghcb/access.h"
#include "ghcb/ap_creation.h"
#include "ghcb/features.h"
#include "ghcb/guest_request.h"
#include "ghcb/hold.h"
#include "ghcb/page_state.h"
#include "ghcb/run_vmpl.h"
#include "ghcb/terminate.h"
#include "interrupts/doorbell.h"
#include "interrupts/ipi.h"
#include "psp/cpuid.h"
#include "trace/trace.h"
#include "x86/instructions.h"

#define KVM_NO_SYSTEM_CALL ((u64)-1000) /* KVM documentation, hypercalls: -KVM_ENOSYS */
#define CPUID_XSAVE_LEAF 0xDU
#define TSC_LOW 0xFFFFFFFFULL

u32 nae_required(const struct ghcb_request *request)
{
	const u32 rax = GHCB_BIT(GHCB_RAX), rcx = GHCB_BIT(GHCB_RCX), rdx = GHCB_BIT(GHCB_RDX);
	switch (request->code) {
	case SVM_EXIT_WRITE_DR7:
		return rax;
	case SVM_EXIT_RDPMC:
		return rcx;
	case SVM_EXIT_CPUID:
		return rax | rcx | ((u32)request->rax == CPUID_XSAVE_LEAF ? GHCB_BIT(GHCB_XCR0) : 0);
	case SVM_EXIT_IOIO:
		if ((request->info1 & IOIO_STRING) != 0) {
			return GHCB_BIT(GHCB_SCRATCH);
		}
		return (request->info1 & IOIO_IN) != 0 ? 0 : rax;
	case SVM_EXIT_MSR:
		return rcx | (request->info1 != 0 ? rax | rdx : 0);
	case SVM_EXIT_VMMCALL:
		return rax | GHCB_BIT(GHCB_CPL);
	case SVM_EXIT_MONITOR:
		return rax | rcx | rdx;
	case SVM_EXIT_MWAIT:
		return rax | rcx;
	case GHCB_NAE_MMIO_READ:
	case GHCB_NAE_MMIO_WRITE:
	case GHCB_NAE_PAGE_STATE_CHANGE:
		return GHCB_BIT(GHCB_SCRATCH);
	case GHCB_NAE_EXTENDED_GUEST_REQUEST:
		return rax | GHCB_BIT(GHCB_RBX);
	case GHCB_NAE_AP_CREATION:
		return (request->info1 & 0xFFFF) == AP_DESTROY ? 0 : rax;
	case GHCB_NAE_APIC_ID_LIST:
		return rax;
	default:
		return 0;
	}
}

static void nae_cpuid(struct ghcb_request *request)
{
	struct cpuid_result r = cpuid_guest((u32)request->rax, (u32)request->rcx, request->xcr0);
	request->rax = r.eax;
	request->rbx = r.ebx;
	request->rcx = r.ecx;
	request->rdx = r.edx;
	request->returned = GHCB_BIT(GHCB_RAX) | GHCB_BIT(GHCB_RBX) | GHCB_BIT(GHCB_RCX) | GHCB_BIT(GHCB_RDX);
}

static void nae_tsc(struct ghcb_request *request, bool with_aux)
{
	u64 now = tsc_read();
	request->rax = now & TSC_LOW;
	request->rdx = now >> 32;
	request->returned = GHCB_BIT(GHCB_RAX) | GHCB_BIT(GHCB_RDX);
	if (with_aux) {
		request->rcx = vcpu_vmsa(request->vcpu)->tsc_aux;
		request->returned |= GHCB_BIT(GHCB_RCX);
	}
}

static void nae_return_rax(struct ghcb_request *request, u64 value)
{
	request->rax = value;
	request->returned = GHCB_BIT(GHCB_RAX);
}

static void nae_doorbell(struct ghcb_request *request)
{
	struct vmpl_context *context = request->context;
	if (!ghcb_offers(GHCB_FEATURE_RESTRICTED_INJECTION)) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_EVENT);
		return;
	}
	switch (request->info1) {
	case HV_DOORBELL_GET_PREFERRED:
		request->result2 = UINT64_MAX;
		return;
	case HV_DOORBELL_SET:
		if (doorbell_register(context, request->info2) != ERR_OK) {
			ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
			return;
		}
		request->result2 = request->info2;
		return;
	case HV_DOORBELL_QUERY:
		request->result2 = context->doorbell; /* VCPU_GHCB_NONE is what means "none" here, too */
		return;
	case HV_DOORBELL_CLEAR:
		doorbell_forget(context);
		return;
	default:
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
	}
}

static void nae_hv_ipi(struct ghcb_request *request)
{
	if (!ghcb_offers(GHCB_FEATURE_RESTRICTED_INJECTION)) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_EVENT);
		return;
	}
	if (request->info2 != 0 || (request->context->apic.base_msr & APIC_BASE_ENABLED) == 0) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return;
	}
	struct ipi ipi = {.sender = request->vcpu, .vmpl = request->vcpu->vmpl, .x2apic = true, .icr = request->info1};
	ipi_send(&ipi);
}

static void nae_run_vmpl_check(struct ghcb_request *request)
{
	enum err error = request->info2 == 0 ? run_vmpl_check(request->vcpu, request->info1) : ERR_INPUT;
	if (error != ERR_OK) {
		ghcb_refuse(request, error == ERR_UNSUPPORTED ? GHCB_ERROR_INVALID_EVENT : GHCB_ERROR_INVALID_INPUT);
	}
}

/* The AP jump table is the guest's own affair under SNP; the host only keeps its address. */
static void nae_jump_table(struct ghcb_request *request)
{
	static u64 jump_table;
	if (request->info1 == 0) {
		jump_table = request->info2;
	} else if (request->info1 == 1) {
		request->result2 = jump_table;
	} else {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
	}
}

/* The guest met an exit that it does not handle. It goes on as it sees fit. */
static void nae_unsupported(const struct ghcb_request *request)
{
	trace(TRACE_ALWAYS, request->vcpu, "guest-unsupported", "exitcode=0x%llx error=0x%llx",
	      (unsigned long long)request->info1, (unsigned long long)request->info2);
}

static void nae_software_event(struct ghcb_request *request)
{
	switch (request->code) {
	case GHCB_NAE_MMIO_READ:
	case GHCB_NAE_MMIO_WRITE:
		access_mmio(request);
		break;
	case GHCB_NAE_NMI_COMPLETE:
		request->context->apic.nmi_blocked = false;
		break;
	case GHCB_NAE_AP_JUMP_TABLE:
		nae_jump_table(request);
		break;
	case GHCB_NAE_PAGE_STATE_CHANGE:
		page_state_nae(request);
		break;
	case GHCB_NAE_GUEST_REQUEST:
	case GHCB_NAE_EXTENDED_GUEST_REQUEST:
		guest_request_nae(request, request->code == GHCB_NAE_EXTENDED_GUEST_REQUEST);
		break;
	case GHCB_NAE_AP_CREATION:
		ap_creation_nae(request);
		break;
	case GHCB_NAE_HV_DOORBELL:
		nae_doorbell(request);
		break;
	case GHCB_NAE_HV_IPI:
		nae_hv_ipi(request);
		break;
	case GHCB_NAE_APIC_ID_LIST:
		apic_id_list_nae(request);
		break;
	case GHCB_NAE_RUN_VMPL:
		nae_run_vmpl_check(request);
		break;
	case GHCB_NAE_FEATURES:
		request->result2 = ghcb_features();
		break;
	case GHCB_NAE_TERMINATE:
		ghcb_terminate(request->vcpu, (u32)(request->info1 & 0xF), (u32)(request->info1 >> 4 & 0xFF),
			       request->info2);
		break;
	case GHCB_NAE_UNSUPPORTED:
		nae_unsupported(request);
		break;
	default:
		ghcb_refuse(request, GHCB_ERROR_INVALID_EVENT);
	}
}

static void nae_dispatch(struct ghcb_request *request)
{
	switch (request->code) {
	case SVM_EXIT_READ_DR7:
		nae_return_rax(request, vcpu_vmsa(request->vcpu)->dr7);
		break;
	case SVM_EXIT_WRITE_DR7:
		vcpu_vmsa(request->vcpu)->dr7 = request->rax;
		break;
	case SVM_EXIT_RDTSC:
		nae_tsc(request, false);
		break;
	case SVM_EXIT_RDTSCP:
		nae_tsc(request, true);
		break;
	case SVM_EXIT_RDPMC:
		ghcb_raise_gp(request);
		break;
	case SVM_EXIT_CPUID:
		nae_cpuid(request);
		break;
	case SVM_EXIT_IOIO:
		access_port(request);
		break;
	case SVM_EXIT_MSR:
		access_msr(request);
		break;
	case SVM_EXIT_VMMCALL:
		nae_return_rax(request, KVM_NO_SYSTEM_CALL);
		break;
	case SVM_EXIT_INVD: /* memory here is always coherent, and there is nothing to monitor */
	case SVM_EXIT_WBINVD:
	case SVM_EXIT_MONITOR:
	case SVM_EXIT_MWAIT:
		break;
	default:
		nae_software_event(request);
	}
}

/* The checks that come before the event itself. False: refused. */
static bool nae_admit(struct ghcb_request *request)
{
	const u32 always = GHCB_BIT(GHCB_EXITCODE) | GHCB_BIT(GHCB_INFO1) | GHCB_BIT(GHCB_INFO2);
	if (request->context->ghcb_registered != request->page) {
		ghcb_refuse(request, GHCB_ERROR_NOT_REGISTERED);
		return false;
	}
	/* OVMF's first GHCB has version 0; like KVM, only a version above the negotiated range counts. */
	if (request->usage != GHCB_USAGE_STANDARD || request->version > GHCB_VERSION) {
		trace(TRACE_REFUSED, request->vcpu, "ghcb-usage", "usage=0x%x version=%u", request->usage,
		      request->version);
		ghcb_refuse(request, GHCB_ERROR_INVALID_USAGE);
		return false;
	}
	u32 required = always | nae_required(request);
	if ((request->valid & required) != required) {
		ghcb_refuse(request, GHCB_ERROR_MISSING_INPUT);
		return false;
	}
	return true;
}

void ghcb_page_exit(struct vcpu *vcpu)
{
	struct ghcb_request request;
	vcpu_context(vcpu)->counters.vmgexits_ghcb++;
	enum err error = ghcb_request_read(&request, vcpu);
	if (error != ERR_OK) {
		ghcb_lost(&request, error);
		return;
	}
	if (nae_admit(&request)) {
		if (request.code == GHCB_NAE_AP_RESET_HOLD) {
			ghcb_hold(vcpu, false);
			return;
		}
		nae_dispatch(&request);
	}
	trace(TRACE_VMGEXIT, vcpu, "vmgexit",
	      "code=0x%llx info1=0x%llx info2=0x%llx result=%u result2=0x%llx rax=0x%llx rcx=0x%llx",
	      (unsigned long long)request.code, (unsigned long long)request.info1, (unsigned long long)request.info2,
	      request.result, (unsigned long long)request.result2, (unsigned long long)request.rax,
	      (unsigned long long)request.rcx);
	ghcb_request_answer(&request);
	if (request.code == GHCB_NAE_RUN_VMPL && request.result == GHCB_RESULT_OK) {
		run_vmpl_switch(vcpu, (u32)request.info1);
	}
}
