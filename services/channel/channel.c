/* SPDX-License-Identifier: MIT */
#include "channel/channel.h"

#include <errno.h>
#include <unistd.h>

bool channel_receive(struct channel_message *message, const char **reason)
{
	ssize_t got = 0;
	do {
		got = read(CHANNEL_DESCRIPTOR, message->bytes, sizeof(message->bytes));
	} while (got < 0 && errno == EINTR);
	*reason = NULL;
	if (got < 0) {
		*reason = "descriptor 3 cannot be read";
	} else if (got > 0 && (size_t)got < CHANNEL_HEAD_SIZE) {
		*reason = "a request is shorter than its head";
	}
	message->payload_size = got >= (ssize_t)CHANNEL_HEAD_SIZE ? (size_t)got - CHANNEL_HEAD_SIZE : 0;
	return got > 0 && *reason == NULL;
}

bool channel_send(const struct channel_message *message)
{
	size_t size = CHANNEL_HEAD_SIZE + message->payload_size;
	ssize_t put = 0;
	do {
		put = write(CHANNEL_DESCRIPTOR, message->bytes, size);
	} while (put < 0 && errno == EINTR);
	return put >= 0 && (size_t)put == size;
}
