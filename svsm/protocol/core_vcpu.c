/* SPDX-License-Identifier: MIT */
#include "guest/vcpu.h"

#include "protocol/core_calls.h"
#include "protocol/core_result.h"

/* RCX: the new calling area. */
u64 core_remap_calling_area(struct request *request)
{
	return core_result(vcpu_remap_calling_area(request->vcpu, gpa(request->rcx)), 0);
}

/* RCX: VMSA, RDX: calling area, R8[31:0]: APIC ID. */
u64 core_create_vcpu(struct request *request)
{
	u32 code = 0;
	budget_spend(&request->budget, BUDGET_VCPU);
	enum err error = vcpu_create((u32)request->r8, gpa(request->rcx), gpa(request->rdx), &code);
	return core_result(error, code);
}

/* RCX: VMSA. */
u64 core_delete_vcpu(struct request *request)
{
	u32 code = 0;
	budget_spend(&request->budget, BUDGET_VCPU);
	enum err error = vcpu_delete(gpa(request->rcx), &code);
	return core_result(error, code);
}
