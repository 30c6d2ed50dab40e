/* SPDX-License-Identifier: MIT */
/*
 * The request channel of a ring-3 service: file descriptor 3, open when the program starts. One read() takes one whole request,
 * one write() gives one whole reply; requests and replies alternate, and read() waits for the next request. A buffer that is
 * smaller than the request is EINVAL and leaves the request there; so is a reply that is shorter than its head, longer than
 * CHANNEL_MESSAGE_MAX, or that nobody has asked for. On a developer's host descriptor 3 is a SOCK_SEQPACKET socket.
 *
 * Which service a process is to be is its argv[1]: "vtpm", "attest". What operations mean is the service's own header.
 * Numbers are little-endian.
 */
#pragma once

#include <copra/types.h>

#define CHANNEL_DESCRIPTOR 3
#define CHANNEL_PAYLOAD_MAX 0x8000U

struct channel_request {
	u32 operation;
	u32 argument;
	u8 payload[];
};
LAYOUT_SIZE(struct channel_request, 8);

struct channel_reply {
	u32 status; /* 0: done; all else is the operation's own */
	u32 reserved;
	u8 payload[];
};
LAYOUT_SIZE(struct channel_reply, 8);

#define CHANNEL_HEAD_SIZE 8U
#define CHANNEL_MESSAGE_MAX (CHANNEL_HEAD_SIZE + CHANNEL_PAYLOAD_MAX)
