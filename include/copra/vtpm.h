/* SPDX-License-Identifier: MIT */
/* What the vTPM service is asked for (copra/channel.h): operations, their arguments and status words. */
#pragma once

#include <copra/types.h>

/* Payload: one TPM command; argument: its locality, 0 to 4. The reply's payload is the TPM's response. */
#define VTPM_COMMAND 1U
/*
 * No payload, argument 0. The reply's payload is the endorsement key's public area, a TPMT_PUBLIC (TPM 2.0, part 2, 12.2.4).
 * VTPM_FAILED: its seed has changed, and the TPM makes no new key: it has no room, or the hierarchy is the guest's alone.
 */
#define VTPM_ENDORSEMENT_KEY 2U

/* Status of a reply */
#define VTPM_DONE 0U
#define VTPM_UNKNOWN_OPERATION 1U
#define VTPM_BAD_ARGUMENT 2U
#define VTPM_BAD_SIZE 3U
#define VTPM_FAILED 4U

/* Neither a command nor a response is longer: what fits into the page of SVSM_VTPM_CMD behind its head (58019, tables 16, 17). */
#define VTPM_MESSAGE_MAX 4087U
/* Tag, size and code (part 1, 18): no command and no response is shorter. */
#define VTPM_MESSAGE_MIN 10U
#define VTPM_LOCALITY_MAX 4U
