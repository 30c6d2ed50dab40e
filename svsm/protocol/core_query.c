/* SPDX-License-Identifier: MIT */
#include "protocol/attestation.h"
#include "protocol/core_calls.h"
#include "protocol/vtpm.h"

/* The one version that there is of a protocol, 0 where it is not offered. */
static u32 protocol_version(u32 protocol)
{
	switch (protocol) {
	case SVSM_PROTOCOL_CORE:
		return SVSM_CORE_VERSION;
	case SVSM_PROTOCOL_ATTESTATION:
		return attestation_is_there() ? SVSM_ATTEST_VERSION : 0;
	case SVSM_PROTOCOL_VTPM:
		return vtpm_is_there() ? SVSM_VTPM_VERSION : 0;
	default:
		return 0;
	}
}

/* RCX: protocol and version asked for; then the highest and lowest version that there is, or 0. */
u64 core_query_protocol(struct request *request)
{
	u32 offered = protocol_version((u32)(request->rcx >> 32));
	u32 version = (u32)request->rcx;
	request->rcx = version == offered ? (u64)offered << 32 | offered : 0;
	return SVSM_SUCCESS;
}

/* Virtual top of memory is not offered to the guest: its pages are private by the C-bit. */
u64 core_configure_vtom(struct request *request)
{
	bool is_query = (request->rcx & SVSM_VTOM_QUERY) != 0;
	if ((request->rcx & (is_query ? ~SVSM_VTOM_QUERY : SVSM_VTOM_RESERVED)) != 0) {
		return SVSM_ERR_INVALID_PARAMETER;
	}
	if (!is_query) {
		return SVSM_ERR_INVALID_REQUEST;
	}
	request->rcx = 0;
	return SVSM_SUCCESS;
}
