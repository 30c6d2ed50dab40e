/* SPDX-License-Identifier: MIT */
/*
 * The core protocol, version 1. SVSM (58019), chapter 6. One room per family of calls; each returns the result for RAX and changes
 * the request's other registers only where its call has outputs.
 */
#pragma once

#include "guest/request.h"

u64 core_call(struct request *request, u32 call);

u64 core_remap_calling_area(struct request *request);
u64 core_pvalidate(struct request *request);
u64 core_create_vcpu(struct request *request);
u64 core_delete_vcpu(struct request *request);
u64 core_deposit_memory(struct request *request);
u64 core_withdraw_memory(struct request *request);
u64 core_query_protocol(struct request *request);
u64 core_configure_vtom(struct request *request);

/*
 * The one place where errors become results. code is what PVALIDATE or RMPADJUST said, for ERR_HARDWARE.
 */
u64 core_result(enum err error, u32 code);
