/* SPDX-License-Identifier: MIT */
/* Attestation: the SVSM's channel to the PSP behind a request channel (copra/attest.h). docs/attestation.md. */
#pragma once

#include "channel/channel.h"

/*
 * Answers requests until the channel closes; the exit status as channel_serve's. `again`: the key was another process', which has
 * died, and nobody knows how far that has counted. There is no other key.
 */
int attest_run(bool again);

/* For tests: turns one request into its reply, in place; and the process as it is when it starts. */
void attest_answer(struct channel_message *message);
void attest_reset(void);
