/* SPDX-License-Identifier: MIT */
#pragma once

#include "igvm/igvm.h"
#include "psp/launch.h"

/* What the PSP is handed of a directive SNP_ID_BLOCK; the policy is the file's. */
void id_block_take(const struct igvm_header *header, u64 policy, struct psp_id_auth *auth);

/* What was wrong, for the user, from the result of psp_launch_finish. */
const char *id_block_refusal(u32 status);
