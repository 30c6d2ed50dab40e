/* SPDX-License-Identifier: MIT */
#include "ghcb/terminate.h"

#include "end/end.h"
#include "fault/fault.h"

void ghcb_terminate(const struct vcpu *vcpu, u32 set, u32 code, u64 info)
{
	u64 argument;
	if (vcpu->vmpl == 0 && fault_due(FAULT_END_IGNORED, vcpu, &argument)) {
		return;
	}
	machine_end(END_TERMINATE, vcpu, "vmpl=%u set=%u code=%u info=0x%llx", vcpu->vmpl, set, code,
		    (unsigned long long)info);
}
