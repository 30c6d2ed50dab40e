/* SPDX-License-Identifier: MIT */
#include "fake_attest.h"

#include <copra/vtpm.h>
#include <string.h>

struct fake_attest fake_attest;

/* The service's side of the channel */
static struct {
	bool pending, answered;
	u64 sequence;
	u8 data[64];
	u8 message[ATTEST_MESSAGE_SIZE];
	struct attestation_report report;
} service;

static u8 last_message[ATTEST_MESSAGE_SIZE];
static u32 waited;

void fake_attest_data(struct span payload, u8 data[64])
{
	memset(data, 0, 64);
	for (size_t i = 0; i < payload.n; i++) {
		data[i % 64] = (u8)(data[i % 64] * 31 + payload.p[i] + 1);
	}
}

static enum err reply_with(struct service_reply *reply, u32 status, const void *bytes, size_t size)
{
	reply->status = status;
	reply->size = size > fake_attest.reply_cut ? size - fake_attest.reply_cut : 0;
	if (reply->size > reply->room) {
		return ERR_TRUNCATED;
	}
	memcpy(reply->payload, bytes, reply->size);
	return ERR_OK;
}

static enum err reply_send(struct service_reply *reply)
{
	return reply_with(reply, ATTEST_SEND, service.message, sizeof(service.message));
}

static enum err take_key(const struct service_request *request, struct service_reply *reply)
{
	struct attest_key key;
	if (request->payload.n != sizeof(key)) {
		return reply_with(reply, ATTEST_BAD_SIZE, "", 0);
	}
	memcpy(&key, request->payload.p, sizeof(key));
	memcpy(fake_attest.key, key.key, sizeof(key.key));
	service.sequence = key.sequence;
	fake_attest.keys++;
	return reply_with(reply, ATTEST_DONE, "", 0);
}

static void message_make(const u8 data[64])
{
	struct guest_message_header header = {.sequence = service.sequence, .type = GUEST_MESSAGE_REPORT_REQUEST};
	memcpy(service.data, data, sizeof(service.data));
	memset(service.message, 0, sizeof(service.message));
	memcpy(service.message, &header, sizeof(header));
	memcpy(service.message + sizeof(header), data, sizeof(service.data));
	service.pending = true;
	service.answered = false;
}

static enum err make_report(const struct service_request *request, struct service_reply *reply)
{
	u8 data[64];
	fake_attest_data(request->payload, data);
	if (service.answered && memcmp(data, service.data, sizeof(data)) == 0) {
		service.answered = false;
		return fake_attest.refused ? reply_with(reply, ATTEST_REFUSED, "", 0)
					   : reply_with(reply, ATTEST_DONE, &service.report, sizeof(service.report));
	}
	if (!service.pending) {
		message_make(data);
	}
	return reply_send(reply);
}

static enum err give_up(struct service_reply *reply)
{
	fake_attest.gone = true;
	return reply_with(reply, ATTEST_NO_KEY, "", 0);
}

/* In place of a seal: the number that an answer has, at the page's end. */
static bool answer_is_sealed(const struct attest_answer *answer)
{
	u64 sequence;
	memcpy(&sequence, answer->page + sizeof(answer->page) - sizeof(sequence), sizeof(sequence));
	return sequence == service.sequence + 1;
}

static enum err take_answer(const struct service_request *request, struct service_reply *reply)
{
	struct attest_answer answer;
	memcpy(&answer, request->payload.p, sizeof(answer));
	if (!service.pending) {
		return reply_with(reply, ATTEST_BAD_STATE, "", 0);
	}
	if (answer.carried != 1) {
		return give_up(reply);
	}
	if (answer.status >> 32 == GUEST_REQUEST_BUSY || answer.status >> 32 == GUEST_REQUEST_BUFFER_TOO_SMALL) {
		return reply_send(reply);
	}
	if (answer.status != 0 || !answer_is_sealed(&answer)) {
		return give_up(reply);
	}
	memcpy(&service.report, answer.page, sizeof(service.report));
	service.pending = false;
	service.answered = true;
	service.sequence += 2;
	return reply_with(reply, ATTEST_DONE, "", 0);
}

static enum err attest_respond(const struct service_request *request, struct service_reply *reply)
{
	if (fake_attest.attest_error != ERR_OK) {
		return fake_attest.attest_error;
	}
	if (fake_attest.attest_status != 0) {
		return reply_with(reply, fake_attest.attest_status, "", 0);
	}
	if (request->operation == ATTEST_KEY) {
		return take_key(request, reply);
	}
	if (fake_attest.gone) {
		return reply_with(reply, ATTEST_NO_KEY, "", 0);
	}
	return request->operation == ATTEST_REPORT ? make_report(request, reply) : take_answer(request, reply);
}

static enum err vtpm_respond(const struct service_request *request, struct service_reply *reply)
{
	if (fake_attest.vtpm_error != ERR_OK) {
		return fake_attest.vtpm_error;
	}
	bool known = request->operation == VTPM_ENDORSEMENT_KEY && request->payload.n == 0 && request->argument == 0;
	return known ? reply_with(reply, VTPM_DONE, fake_attest.endorsement_key, fake_attest.endorsement_key_size)
		     : reply_with(reply, VTPM_UNKNOWN_OPERATION, "", 0);
}

static enum err respond(enum service which, const struct service_request *request, struct service_reply *reply)
{
	if (waited < fake_attest.slices) {
		waited++;
		return fake_attest.wait != ERR_OK ? fake_attest.wait : ERR_INCOMPLETE;
	}
	waited = 0;
	return which == SERVICE_VTPM ? vtpm_respond(request, reply) : attest_respond(request, reply);
}

/* The PSP makes a report of what it is sent; it counts. */
static void psp_answer(struct platform_message *message)
{
	struct guest_message_header header;
	struct attestation_report report = {.version = 2};
	memcpy(&header, message->request.p, sizeof(header));
	fake_attest.repeated = fake_attest.repeated || header.sequence != fake_attest.sequence + 2;
	fake_attest.sequence = header.sequence;
	fake_attest.messages++;
	fake_attest.plain_messages += message->certificates == NULL ? 1 : 0;
	memcpy(report.report_data, message->request.p + sizeof(header), sizeof(report.report_data));
	memset(message->response, 0, PAGE_SIZE);
	memcpy(message->response, &report, sizeof(report));
	u64 answer = header.sequence + 1;
	memcpy(message->response + PAGE_SIZE - sizeof(answer), &answer, sizeof(answer));
}

/* A message that was put off must come again as it was. */
static void note_message(const struct platform_message *message)
{
	struct guest_message_header now, before;
	memcpy(&now, message->request.p, sizeof(now));
	memcpy(&before, last_message, sizeof(before));
	fake_attest.repeated =
		fake_attest.repeated || (now.sequence == before.sequence &&
					 memcmp(last_message, message->request.p, sizeof(last_message)) != 0);
	memcpy(last_message, message->request.p, sizeof(last_message));
}

static bool carry(struct platform_message *message)
{
	note_message(message);
	message->status = 0;
	if (fake_attest.host_fails) {
		return false;
	}
	if (fake_attest.host_statuses > 0) {
		fake_attest.host_statuses--;
		message->status = fake_attest.host_status;
		return true;
	}
	psp_answer(message);
	if (message->certificates != NULL) {
		memset(message->certificates, 0, PLATFORM_CERTIFICATES_MAX);
		memcpy(message->certificates, fake_attest.certificates, fake_attest.certificates_size);
	}
	return true;
}

void fake_attest_reset(void)
{
	memset(&service, 0, sizeof(service));
	memset(last_message, 0, sizeof(last_message));
	waited = 0;
	fake_attest = (struct fake_attest){.endorsement_key = {0, 0x23, 0, 0xB}, .endorsement_key_size = 64};
	fake_attest.sequence = (u64)0 - 1;
	fake_service = (struct fake_service){.there = {true, true}, .respond = respond};
	fake.message = carry;
}
