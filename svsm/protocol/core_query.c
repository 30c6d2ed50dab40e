/* SPDX-License-Identifier: MIT */
#include "protocol/core.h"

/* RCX: protocol and version asked for; then the highest and lowest version that there is, or 0. */
u64 core_query_protocol(struct request *request)
{
	u32 protocol = (u32)(request->rcx >> 32);
	u32 version = (u32)request->rcx;
	bool offered = protocol == SVSM_PROTOCOL_CORE && version == SVSM_CORE_VERSION;
	request->rcx = offered ? (u64)SVSM_CORE_VERSION << 32 | SVSM_CORE_VERSION : 0;
	return SVSM_SUCCESS;
}

/* Virtual top of memory is not offered to the guest: its pages are private by the C-bit. */
u64 core_configure_vtom(struct request *request)
{
	if ((request->rcx & SVSM_VTOM_QUERY) == 0) {
		return SVSM_ERR_INVALID_REQUEST;
	}
	request->rcx = 0;
	return SVSM_SUCCESS;
}
