/* SPDX-License-Identifier: MIT */
#include "ghcb/terminate.h"

#include "end/end.h"

void ghcb_terminate(const struct vcpu *vcpu, u32 set, u32 code, u64 info)
{
	machine_end(END_TERMINATE, vcpu, "vmpl=%u set=%u code=%u info=0x%llx", vcpu->vmpl, set, code,
		    (unsigned long long)info);
}
