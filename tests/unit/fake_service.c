/* SPDX-License-Identifier: MIT */
#include "fake_service.h"

#include <string.h>

#include "task/clock.h"

struct fake_service fake_service;

u64 clock_nanoseconds(void)
{
	return fake_service.clock;
}

bool service_is_there(enum service service)
{
	return fake_service.there[service];
}

static enum err service_done(struct service_reply *reply)
{
	reply->status = fake_service.status;
	reply->size = fake_service.reply_size;
	if (fake_service.reply_size > reply->room) {
		return ERR_TRUNCATED;
	}
	memcpy(reply->payload, fake_service.reply, fake_service.reply_size);
	return ERR_OK;
}

enum err service_call(enum service service, const struct service_request *request, struct service_reply *reply)
{
	struct fake_service *fake = &fake_service;
	if (fake->shared) {
		return fake->respond(service, request, reply);
	}
	fake->calls++;
	fake->operation = request->operation;
	fake->argument = request->argument;
	fake->payload_size = request->payload.n;
	memcpy(fake->payload, request->payload.p,
	       request->payload.n < FAKE_SERVICE_BYTES ? request->payload.n : FAKE_SERVICE_BYTES);
	if (fake->during != NULL) {
		fake->during();
	}
	if (!fake->there[service]) {
		return ERR_NOT_FOUND;
	}
	if (fake->respond != NULL) {
		return fake->respond(service, request, reply);
	}
	if (fake->slices > 0) {
		fake->slices--;
		return fake->waits != ERR_OK ? fake->waits : ERR_INCOMPLETE;
	}
	return fake->answer == ERR_OK ? service_done(reply) : fake->answer;
}
