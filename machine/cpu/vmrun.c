/* SPDX-License-Identifier: MIT */
#include "cpu/vmrun.h"

#include "mm/memory.h"
#include "rmp/rmp.h"

bool vmrun_page_usable(gpa_t vmsa)
{
	const struct rmp_entry *entry = rmp_find(vmsa);
	return entry != NULL && entry->assigned && entry->validated && entry->vmsa && !entry->large &&
	       !entry->immutable;
}

enum err vmrun_check(struct vcpu *vcpu, u32 vmpl)
{
	gpa_t page = vcpu->context[vmpl].vmsa;
	if (!vmrun_page_usable(page)) {
		return ERR_STATE;
	}
	const struct vmsa *vmsa = memory_page(page);
	if ((vmsa->vintr_ctrl & VINTR_BUSY) != 0) {
		return ERR_BUSY;
	}
	bool features =
		(vmsa->sev_features & SEV_FEATURE_SNP_ACTIVE) != 0 &&
		(vmsa->sev_features & ~VMRUN_FEATURES_ALLOWED) == 0 &&
		((vmsa->sev_features ^ vcpu->context[vmpl].sev_features) & SEV_FEATURE_RESTRICTED_INJECTION) == 0;
	return (vmsa->efer & EFER_SVME) != 0 && vmsa->vmpl == vmpl && features ? ERR_OK : ERR_INPUT;
}
