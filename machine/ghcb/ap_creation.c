/* SPDX-License-Identifier: MIT */
#include "ghcb/ap_creation.h"

#include "base/align.h"
#include "context/attach.h"
#include "ghcb/features.h"
#include "mm/memory.h"
#include "rmp/view.h"
#include "trace/trace.h"

#define REQUEST_MASK 0xFFFFULL
#define VMPL_SHIFT 16U
#define VMPL_MASK 0xFULL
#define APIC_ID_SHIFT 32U

struct ap_target {
	struct vcpu *vcpu;
	u32 vmpl;
	u32 request;
	gpa_t vmsa;
	u64 sev_features;
};

/*
 * All VMSAs of one VMPL have the features of its first: the loaded one for VMPL0, the one that was created first otherwise.
 */
static bool features_match(u32 vmpl, u64 features)
{
	for (u32 i = 0; i < vcpu_count(); i++) {
		u64 known = vcpu_at(i)->context[vmpl].sev_features;
		if (known != 0) {
			return known == features;
		}
	}
	return (features & SEV_FEATURE_SNP_ACTIVE) != 0 && (features & ~ghcb_sev_features()) == 0;
}

static bool target_decode(const struct ghcb_request *request, struct ap_target *target)
{
	*target = (struct ap_target){
		.vcpu = vcpu_by_apic_id((u32)(request->info1 >> APIC_ID_SHIFT)),
		.vmpl = (u32)(request->info1 >> VMPL_SHIFT & VMPL_MASK),
		.request = (u32)(request->info1 & REQUEST_MASK),
		.vmsa = gpa(request->info2),
		.sev_features = request->rax,
	};
	const struct vcpu *caller = request->vcpu;
	bool own = target->vcpu == caller && target->vmpl == caller->vmpl;
	bool permitted = target->vmpl != 0 || (caller->vmpl == 0 && !own);
	if (target->vcpu == NULL || target->vmpl >= VMPL_COUNT || own || !permitted) {
		return false;
	}
	if (target->request == AP_DESTROY) {
		return true;
	}
	/* 2 MiB alignment: an erratum of real processors, so hosts refuse it. */
	return target->request <= AP_CREATE && is_aligned(target->vmsa.raw, PAGE_SIZE) &&
	       !is_aligned(target->vmsa.raw, LARGE_PAGE_SIZE) && memory_is_ram(target->vmsa, PAGE_SIZE) &&
	       features_match(target->vmpl, target->sev_features);
}

static enum err target_create(const struct ap_target *target)
{
	enum context_state state = target->request == AP_CREATE ? CONTEXT_READY : CONTEXT_PENDING;
	return vcpu_attach(target->vcpu, target->vmpl, target->vmsa, target->sev_features, state);
}

void ap_creation_nae(struct ghcb_request *request)
{
	struct ap_target target;
	if (!ghcb_offers(GHCB_FEATURE_AP_CREATION)) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_EVENT);
		return;
	}
	if (!target_decode(request, &target)) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
		return;
	}
	enum err error = ERR_OK;
	if (target.request == AP_DESTROY) {
		vcpu_detach(target.vcpu, target.vmpl);
	} else {
		error = target_create(&target);
	}
	trace(TRACE_VMPL, request->vcpu, "ap-creation", "apic=%u target=%u request=%u vmsa=0x%llx error=\"%s\"",
	      target.vcpu->apic_id, target.vmpl, target.request, (unsigned long long)target.vmsa.raw, err_name(error));
	if (error != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
	}
}

void apic_id_list_nae(struct ghcb_request *request)
{
	u32 list[1 + VCPU_MAX];
	u64 bytes = sizeof(u32) * (1ULL + vcpu_count());
	if (!ghcb_offers(GHCB_FEATURE_APIC_ID_LIST)) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_EVENT);
		return;
	}
	request->returned = GHCB_BIT(GHCB_RAX);
	if (bytes > request->rax * PAGE_SIZE) {
		request->rax = (bytes + PAGE_SIZE - 1) / PAGE_SIZE;
		return;
	}
	list[0] = vcpu_count();
	for (u32 i = 0; i < vcpu_count(); i++) {
		list[1 + i] = vcpu_at(i)->apic_id;
	}
	if (!is_aligned(request->info1, PAGE_SIZE) ||
	    memory_write_shared(gpa(request->info1), list, (size_t)bytes) != ERR_OK) {
		ghcb_refuse(request, GHCB_ERROR_INVALID_INPUT);
	}
}
