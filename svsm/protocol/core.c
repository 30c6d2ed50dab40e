/* SPDX-License-Identifier: MIT */
#include "protocol/core.h"

#include "protocol/core_calls.h"

u64 core_call(struct request *request, u32 call)
{
	switch (call) {
	case SVSM_CORE_REMAP_CA:
		return core_remap_calling_area(request);
	case SVSM_CORE_PVALIDATE:
		return core_pvalidate(request);
	case SVSM_CORE_CREATE_VCPU:
		return core_create_vcpu(request);
	case SVSM_CORE_DELETE_VCPU:
		return core_delete_vcpu(request);
	case SVSM_CORE_QUERY_PROTOCOL:
		return core_query_protocol(request);
	case SVSM_CORE_CONFIGURE_VTOM:
		return core_configure_vtom(request);
	case SVSM_CORE_DEPOSIT_MEM:
		return core_deposit_memory(request);
	case SVSM_CORE_WITHDRAW_MEM:
		return core_withdraw_memory(request);
	default:
		return SVSM_ERR_UNSUPPORTED_CALL;
	}
}
