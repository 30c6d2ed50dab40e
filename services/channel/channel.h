/* SPDX-License-Identifier: MIT */
/* A service's end of its request channel (copra/channel.h). */
#pragma once

#include <copra/channel.h>

/* One request or reply with its head and room for the longest payload. */
struct channel_message {
	size_t payload_size;
	union {
		struct channel_request request;
		struct channel_reply reply;
		u8 bytes[CHANNEL_MESSAGE_MAX];
	};
};

/*
 * Waits for the next request. False: there will be none (the other end is closed), or what came is no request; *reason says which,
 * NULL for the first.
 */
bool channel_receive(struct channel_message *message, const char **reason);

/* Sends message->reply with its payload. False: it could not be sent. */
bool channel_send(const struct channel_message *message);
