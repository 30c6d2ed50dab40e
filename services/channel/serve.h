/* SPDX-License-Identifier: MIT */
/* The loop of a service. */
#pragma once

#include "channel/channel.h"

/* Turns a request into its reply, in place. */
typedef void channel_answer_fn(struct channel_message *message);

/*
 * Answers requests until the channel closes. Returns the process's exit status: 0 when it was closed, 1 with a line on stderr that
 * begins with `name` when it broke.
 */
int channel_serve(const char *name, channel_answer_fn *answer);
