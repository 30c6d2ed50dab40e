/* SPDX-License-Identifier: MIT */
/* The vTPM protocol, version 1. SVSM (58019), chapter 8. The TPM itself is a service in ring 3. */
#pragma once

#include "guest/request.h"

/* False where the image has no vTPM service: then the protocol is not offered. */
bool vtpm_is_there(void);

/* Returns the result for RAX. RCX and RDX change only by SVSM_VTPM_QUERY. */
u64 vtpm_call(struct request *request, u32 call);
