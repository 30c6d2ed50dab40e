/* SPDX-License-Identifier: MIT */
#include <copra/channel.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "probe/probe.h"

#define ROOM 4096
#define COMPUTE_MILLISECONDS 20

struct message {
	u8 head[CHANNEL_HEAD_SIZE];
	u8 payload[ROOM];
};

static size_t answer(const u8 *request, size_t size, u8 *reply)
{
	u8 what = size > 0 ? request[0] : 0;
	switch (what) {
	case PROBE_TRANSCRIPT:
		return probe_transcript(reply, ROOM);
	case PROBE_MEMORY:
		reply[0] = probe_memory();
		return 1;
	case PROBE_FRESH:
		reply[0] = probe_fresh();
		return 1;
	case PROBE_FLAGS:
		reply[0] = probe_flags();
		return 1;
	case PROBE_HOST:
		reply[0] = probe_host();
		return 1;
	case PROBE_ARITHMETIC:
		reply[0] = probe_arithmetic();
		return 1;
	case PROBE_LATE_DEATH:
		probe_compute(COMPUTE_MILLISECONDS);
		probe_door(0);
		return 0;
	case PROBE_LOOP:
		for (;;) {
			__asm__ volatile("");
		}
	case PROBE_DOOR:
		reply[0] = size > 1 && request[1] < PROBE_DOOR_COUNT;
		probe_door(size > 1 ? request[1] : UINT8_MAX);
		return 1;
	default:
		memcpy(reply, request, size);
		return size;
	}
}

int main(int argc, char **argv)
{
	static struct message request;
	static struct message reply;
	printf("probe: %d arguments, the last is %s\n", argc, argv[argc - 1]);
	fflush(stdout);
	for (;;) {
		ssize_t n = read(CHANNEL_DESCRIPTOR, &request, sizeof(request));
		if (n < (ssize_t)CHANNEL_HEAD_SIZE) {
			return n == 0 ? 0 : 1;
		}
		size_t size = answer(request.payload, (size_t)n - CHANNEL_HEAD_SIZE, reply.payload);
		if (write(CHANNEL_DESCRIPTOR, &reply, CHANNEL_HEAD_SIZE + size) < 0) {
			return 1;
		}
	}
}
