/* SPDX-License-Identifier: MIT */
/* The attestation protocol, version 1. SVSM (58019), chapter 7. */
#pragma once

#include "guest/request.h"

/* False where there is no key to attest with: then the protocol is not offered. */
bool attestation_is_there(void);

/* Returns the result for RAX. RCX, RDX and R8 become sizes when there is evidence, whether it fits or not. */
u64 attestation_call(struct request *request, u32 call);
