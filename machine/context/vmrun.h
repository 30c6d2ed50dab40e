/* SPDX-License-Identifier: MIT */
/* What VMRUN checks of an SNP guest's VMSA before it loads a register. AMD64 APM volume 2 (24593), section 15.36.12 and 15.5.1. */
#pragma once

#include "base/err.h"
#include "cpu/vcpu.h"

/* Bits of SEV_FEATURES that this processor has. */
#define VMRUN_FEATURES_ALLOWED \
	(SEV_FEATURE_SNP_ACTIVE | SEV_FEATURE_RESTRICTED_INJECTION | SEV_FEATURE_DEBUG_SWAP | \
	 SEV_FEATURE_PREVENT_HOST_IBS | SEV_FEATURE_BTB_ISOLATION | SEV_FEATURE_SMT_PROTECTION)

/* The page is RAM, assigned, validated and marked as a VMSA. */
bool vmrun_page_usable(gpa_t vmsa);

/* vmrun_check without the page's state, for a page that rmp_vmsa_take has given. */
err_t vmrun_check_content(const struct vcpu *vcpu, u32 vmpl);

/* ERR_STATE: the page; ERR_BUSY: VINTR_CTRL.BUSY; ERR_INPUT: SVME, VMPL or SEV_FEATURES (a mode of injection
 * that is not the one the host was told included). */
err_t vmrun_check(struct vcpu *vcpu, u32 vmpl);
