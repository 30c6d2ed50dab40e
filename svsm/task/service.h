/* SPDX-License-Identifier: MIT */
/*
 * Asking a ring-3 service (copra/channel.h). A process serves one request at a time, and it runs only inside of service_call, on the
 * CPU that asks and for one slice at the most. Callers wait for nothing and hold no lock.
 */
#pragma once

#include "base/err.h"
#include "base/span.h"

enum service {
	SERVICE_VTPM,   /* argv[1] = "vtpm" */
	SERVICE_ATTEST, /* "attest" */
	SERVICE_COUNT,
};

struct service_request {
	u32 operation;
	u32 argument;
	struct span payload; /* private memory of the caller's, at most CHANNEL_PAYLOAD_MAX bytes; copied */
};

struct service_reply {
	u32 status;
	u8 *payload; /* in: memory of the caller's for the reply's payload */
	size_t room; /* in: its size */
	size_t size; /* out: bytes of the payload */
};

/* True when the image holds the service and it has not been given up. */
bool service_is_there(enum service service);

/*
 * Begins the request, or goes on with it: two requests are the same when operation, argument and payload are equal. So a caller
 * repeats its call, from whatever CPU, until the answer is another than ERR_INCOMPLETE or ERR_BUSY. The first request also starts
 * the process.
 *
 * ERR_OK: it is done; *reply is filled, and the next equal request is a new one.
 * ERR_INCOMPLETE: begun, and not done within this slice. Also when the process has died in it: the next call, anybody's, clears its memory.
 * ERR_BUSY: another CPU runs the process right now, or another request is under way; this slice was spent on that one. A reply
 *   that nobody has fetched for SERVICE_KEEP_SECONDS is dropped for the next request.
 * ERR_LOST: the process died over this request, which is forgotten; the next one finds it started anew.
 * ERR_NOT_FOUND: !service_is_there, or its file turned out to be none that can be loaded. ERR_RANGE: the payload is too long.
 * ERR_TRUNCATED: done, but the reply's payload has more than `room` bytes (reply->size says how many), and is dropped.
 * ERR_NO_MEMORY: the process cannot be made; try again.
 */
err_t service_call(enum service service, const struct service_request *request, struct service_reply *reply);

/* A millisecond, less what the call around it takes (guest/budget.h). */
#define SERVICE_SLICE_MICROSECONDS 950U
#define SERVICE_KEEP_SECONDS 2U
