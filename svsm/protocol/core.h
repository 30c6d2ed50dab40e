/* SPDX-License-Identifier: MIT */
/* The core protocol, version 1. SVSM (58019), chapter 6. One room per family of calls (protocol/core_calls.h). */
#pragma once

#include "guest/request.h"

/* The result for RAX. */
u64 core_call(struct request *request, u32 call);
