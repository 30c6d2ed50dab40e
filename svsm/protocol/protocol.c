/* SPDX-License-Identifier: MIT */
#include "protocol/protocol.h"

#include "protocol/attestation.h"
#include "protocol/core.h"
#include "protocol/vtpm.h"

void protocol_dispatch(struct request *request)
{
	u32 protocol = (u32)(request->rax >> 32);
	u32 call = (u32)request->rax;
	if (protocol == SVSM_PROTOCOL_CORE) {
		request->rax = core_call(request, call);
	} else if (protocol == SVSM_PROTOCOL_ATTESTATION) {
		request->rax = attestation_call(request, call);
	} else if (protocol == SVSM_PROTOCOL_VTPM) {
		request->rax = vtpm_call(request, call);
	} else {
		request->rax = SVSM_ERR_UNSUPPORTED_PROTOCOL;
	}
}
