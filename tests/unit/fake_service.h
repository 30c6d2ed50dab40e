/* SPDX-License-Identifier: MIT */
/* A model of svsm/task/service.h for tests of the protocols: what the next calls answer, and what was asked. */
#pragma once

#include "task/service.h"

#define FAKE_SERVICE_BYTES 4096U

typedef enum err fake_service_fn(enum service service, const struct service_request *request,
				 struct service_reply *reply);

struct fake_service {
	bool there[SERVICE_COUNT];
	u32 slices;      /* calls that a request needs before it is done */
	enum err waits;  /* what those calls answer: ERR_INCOMPLETE unless set */
	enum err answer; /* what the last one answers */
	u32 status;      /* and, with ERR_OK, this */
	u8 reply[FAKE_SERVICE_BYTES];
	size_t reply_size;

	u32 calls; /* since the last reset */
	u32 operation;
	u32 argument;
	u8 payload[FAKE_SERVICE_BYTES]; /* of the last call */
	size_t payload_size;
	void (*during)(void); /* runs in each call, as another CPU would */
	u64 clock;            /* nanoseconds */
	bool shared;          /* threads call it: nothing of the above is noted, and respond has to be set */
	/* Answers instead of all of the above but `there`, when it is set. */
	fake_service_fn *respond;
};

extern struct fake_service fake_service;
