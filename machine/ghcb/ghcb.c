/* SPDX-License-Identifier: MIT */
#include "ghcb/ghcb.h"

#include "fault/pages.h"
#include "ghcb/msr_protocol.h"
#include "ghcb/nae.h"

void ghcb_exit(struct vcpu *vcpu)
{
	fault_remap(vcpu);
	if ((vcpu_context(vcpu)->ghcb_msr & GHCB_MSR_INFO_MASK) == 0) {
		ghcb_page_exit(vcpu);
	} else {
		ghcb_msr_exit(vcpu);
	}
}
