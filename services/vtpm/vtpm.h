/* SPDX-License-Identifier: MIT */
/* The virtual TPM: libtpms behind a request channel. docs/vtpm.md. */
#pragma once

#include "channel/channel.h"

/*
 * Starts the TPM and answers requests until the channel closes. Returns the process's exit status: 0 when the channel was closed, 1
 * with a line on stderr when the TPM could not be started or the channel broke. Where random numbers fail, now or later, the process
 * ends at once (random.h).
 */
int vtpm_run(bool again);

/* The two halves of vtpm_run, for tests: start, and turn one request into its reply in place. */
bool vtpm_start(bool again);
void vtpm_answer(struct channel_message *message);
