/* SPDX-License-Identifier: MIT */
#include "channel/serve.h"

#include <stdio.h>

int channel_serve(const char *name, channel_answer_fn *answer)
{
	static struct channel_message message;
	const char *reason = NULL;
	while (channel_receive(&message, &reason)) {
		answer(&message);
		if (!channel_send(&message)) {
			reason = "a reply cannot be sent";
			break;
		}
	}
	if (reason != NULL) {
		fprintf(stderr, "%s: %s\n", name, reason);
	}
	return reason == NULL ? 0 : 1;
}
