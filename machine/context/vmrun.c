/* SPDX-License-Identifier: MIT */
#include "context/vmrun.h"

#include "cpu/plain.h"
#include "rmp/rmp.h"

bool vmrun_page_usable(gpa_t vmsa)
{
	const struct rmp_entry *entry = rmp_find(vmsa);
	return entry != NULL && rmp_entry_runs(entry);
}

enum err vmrun_check(struct vcpu *vcpu, u32 vmpl)
{
	return vmrun_page_usable(vcpu->context[vmpl].vmsa) ? vmrun_check_content(vcpu, vmpl) : ERR_STATE;
}

enum err vmrun_check_content(const struct vcpu *vcpu, u32 vmpl)
{
	const struct vmsa *vmsa = vcpu->context[vmpl].registers;
	if ((vmsa->vintr_ctrl & VINTR_BUSY) != 0) {
		return ERR_BUSY;
	}
	if (plain_guest()) {
		return (vmsa->efer & EFER_SVME) != 0 && vmsa->sev_features == 0 ? ERR_OK : ERR_INPUT;
	}
	bool features =
		(vmsa->sev_features & SEV_FEATURE_SNP_ACTIVE) != 0 &&
		(vmsa->sev_features & ~VMRUN_FEATURES_ALLOWED) == 0 &&
		((vmsa->sev_features ^ vcpu->context[vmpl].sev_features) & SEV_FEATURE_RESTRICTED_INJECTION) == 0;
	return (vmsa->efer & EFER_SVME) != 0 && vmsa->vmpl == vmpl && features ? ERR_OK : ERR_INPUT;
}
