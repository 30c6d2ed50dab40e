/* SPDX-License-Identifier: MIT */
#include "task/channel.h"

#include "base/mem.h"
#include "mm/frames.h"
#include "platform/check.h"

err_t channel_open(struct channel *channel)
{
	void *memory = NULL;
	if (channel->request != NULL) {
		return ERR_OK;
	}
	enum err error = frames_take(2 * CHANNEL_MESSAGE_PAGES, &memory);
	if (error == ERR_OK) {
		channel->request = memory;
		channel->reply = channel->request + CHANNEL_MESSAGE_PAGES * PAGE_SIZE;
	}
	return error;
}

void channel_put(struct channel *channel, const struct service_request *request)
{
	struct channel_request head = {.operation = request->operation, .argument = request->argument};
	CHECK(channel->phase == CHANNEL_IDLE && request->payload.n <= CHANNEL_PAYLOAD_MAX);
	memcpy(channel->request, &head, sizeof(head));
	memcpy(channel->request + sizeof(head), request->payload.p, request->payload.n);
	channel->request_size = (u32)(sizeof(head) + request->payload.n);
	channel->phase = CHANNEL_REQUESTED;
}

bool channel_holds(const struct channel *channel, const struct service_request *request)
{
	struct channel_request head = {.operation = request->operation, .argument = request->argument};
	return channel->phase != CHANNEL_IDLE && channel->request_size == sizeof(head) + request->payload.n &&
	       memcmp(channel->request, &head, sizeof(head)) == 0 &&
	       memcmp(channel->request + sizeof(head), request->payload.p, request->payload.n) == 0;
}

err_t channel_fetch(struct channel *channel, struct service_reply *reply)
{
	struct channel_reply head;
	CHECK(channel->phase == CHANNEL_REPLIED && channel->reply_size >= sizeof(head));
	memcpy(&head, channel->reply, sizeof(head));
	reply->status = head.status;
	reply->size = channel->reply_size - sizeof(head);
	if (reply->size <= reply->room) {
		memcpy(reply->payload, channel->reply + sizeof(head), reply->size);
	}
	channel_reset(channel);
	return reply->size <= reply->room ? ERR_OK : ERR_TRUNCATED;
}

/* Requests and replies may hold keys. */
void channel_reset(struct channel *channel)
{
	memset(channel->request, 0, channel->request_size);
	memset(channel->reply, 0, channel->reply_size);
	channel->phase = CHANNEL_IDLE;
	channel->request_size = 0;
	channel->reply_size = 0;
}
