/* SPDX-License-Identifier: MIT */
#include "protocol/core.h"

u64 core_result(enum err error, u32 code)
{
	switch (error) {
	case ERR_OK:
		return SVSM_SUCCESS;
	case ERR_INCOMPLETE:
		return SVSM_ERR_INCOMPLETE;
	case ERR_UNSUPPORTED:
		return SVSM_ERR_UNSUPPORTED_CALL;
	case ERR_RANGE:
	case ERR_LOST:
		return SVSM_ERR_INVALID_ADDRESS;
	case ERR_INPUT:
	case ERR_NOT_FOUND:
	case ERR_STATE:
		return SVSM_ERR_INVALID_PARAMETER;
	case ERR_BUSY:
		return SVSM_ERR_BUSY;
	case ERR_HARDWARE:
		return SVSM_ERR_PROTOCOL_BASE + code;
	case ERR_EXISTS:
	case ERR_HOST: /* the hardware saw no change where there had to be one */
		return SVSM_ERR_CORE_NO_CHANGE;
	default:
		return SVSM_ERR_INVALID_REQUEST;
	}
}

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
