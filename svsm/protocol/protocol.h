/* SPDX-License-Identifier: MIT */
/* The SVSM's protocols: one call, from registers to registers. SVSM (58019), chapter 5. docs/protocol.md lists the checks. */
#pragma once

#include "guest/request.h"

/* Carries out the call in request->rax and puts its result there. Never fails; what failed is the answer. */
void protocol_dispatch(struct request *request);
