/* SPDX-License-Identifier: MIT */
/* The calls of the core protocol. Each returns the result for RAX and changes the request's other registers only where it has outputs. */
#pragma once

#include "guest/request.h"

/* core_vcpu.c */
u64 core_remap_calling_area(struct request *request);
u64 core_create_vcpu(struct request *request);
u64 core_delete_vcpu(struct request *request);

/* core_pvalidate.c */
u64 core_pvalidate(struct request *request);

/* core_memory.c */
u64 core_deposit_memory(struct request *request);
u64 core_withdraw_memory(struct request *request);

/* core_query.c */
u64 core_query_protocol(struct request *request);
u64 core_configure_vtom(struct request *request);
