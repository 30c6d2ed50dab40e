/* SPDX-License-Identifier: MIT */
/* The log of what was measured into a TPM: TCG PC Client Platform Firmware Profile, binary log of TPM 2.0. */
#pragma once

#include "base/span.h"
#include "verify/signature.h"

#define PCR_COUNT 24U

struct pcr_bank {
	u16 algorithm;
	u8 value[PCR_COUNT][TPM_HASH_MAX];
	u32 extended; /* bit map of the PCRs that have events */
};

/* What the PCRs of one bank have to be after all that the log says. NULL, or what is wrong with the log. */
const char *event_log_replay(struct span log, u16 algorithm, struct pcr_bank *bank);
