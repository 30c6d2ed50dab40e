/* SPDX-License-Identifier: MIT */
/* The kernel's end of a request channel (copra/channel.h): one request and its reply. */
#pragma once

#include <copra/channel.h>

#include "task/service.h"

#define CHANNEL_MESSAGE_PAGES ((CHANNEL_MESSAGE_MAX + PAGE_SIZE - 1) / PAGE_SIZE)

enum channel_phase {
	CHANNEL_IDLE,
	CHANNEL_REQUESTED, /* to be read */
	CHANNEL_SERVING,   /* read, to be answered */
	CHANNEL_REPLIED,   /* to be fetched */
	CHANNEL_LOST,      /* the process died; to be told to who asks for the reply */
};

struct channel {
	enum channel_phase phase;
	u32 request_size; /* of both, heads included */
	u32 reply_size;
	u8 *request; /* CHANNEL_MESSAGE_PAGES each, which stay the request's as long as it is under way */
	u8 *reply;
};

/* Takes memory for the two messages. ERR_NO_MEMORY. */
err_t channel_open(struct channel *channel);

/* In CHANNEL_IDLE: the request is there to be read. Its payload fits. */
void channel_put(struct channel *channel, const struct service_request *request);
/* True when a request is under way and it is this one. */
bool channel_holds(const struct channel *channel, const struct service_request *request);
/* In CHANNEL_REPLIED: takes the reply; idle again. ERR_TRUNCATED (task/service.h). */
err_t channel_fetch(struct channel *channel, struct service_reply *reply);
/* Forgets whatever is there, and leaves nothing of it in memory. */
void channel_reset(struct channel *channel);
