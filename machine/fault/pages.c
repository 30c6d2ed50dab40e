/* SPDX-License-Identifier: MIT */
#include "fault/pages.h"

#include "context/guest_access.h"
#include "fault/fault.h"
#include "rmp/rmp.h"

#define RING_3 3

static void replace(const struct vcpu *vcpu, enum fault_kind kind, gpa_t page)
{
	enum err error = rmp_remap(page);
	if (error != ERR_OK) {
		fault_failed(kind, vcpu, error);
	}
}

void fault_remap(const struct vcpu *vcpu)
{
	u64 page;
	if (vcpu->vmpl == 0 && fault_due(FAULT_REMAP, vcpu, &page)) {
		replace(vcpu, FAULT_REMAP, gpa(page));
	}
}

void fault_remap_user(struct vcpu *vcpu)
{
	const struct vmsa *vmsa = vcpu_vmsa(vcpu);
	struct access top = {.address = vmsa->rsp - sizeof(u64), .flags = PAGE_FAULT_USER};
	u64 argument;
	if (vcpu->vmpl != 0 || vmsa->cpl != RING_3 || !fault_due(FAULT_REMAP_USER, vcpu, &argument)) {
		return;
	}
	if (guest_translate(vcpu, &top) == ACCESS_OK) {
		replace(vcpu, FAULT_REMAP_USER, gpa_page(top.gpa));
	} else {
		fault_failed(FAULT_REMAP_USER, vcpu, ERR_NOT_FOUND); /* there is no stack */
	}
}
