/* SPDX-License-Identifier: MIT */
/*
 * Two states: how far the question is, and how far the message to the PSP. The second one outlives the first. A message that was let out
 * is carried until the attestation service has its answer, whoever's question it was: the service lets no other one out before that.
 */
#include "protocol/evidence.h"

#include <copra/vtpm.h>

#include "base/mem.h"
#include "dev/log.h"
#include "platform/platform.h"
#include "protocol/attestation_manifest.h"
#include "task/clock.h"
#include "task/service.h"

#define NANOSECONDS_PER_SECOND 1000000000ULL
#define START_SLICES 10000U /* for the service to start and take its key */
#define FIRST_SEQUENCE 1U

enum question_phase {
	QUESTION_NONE,
	QUESTION_MANIFEST, /* to be asked for */
	QUESTION_REPORT,   /* the manifest is there */
	QUESTION_ANSWERED,
};

enum message_phase {
	MESSAGE_NONE,
	MESSAGE_OUT,      /* to be carried to the host */
	MESSAGE_ANSWERED, /* what the host says is to be brought to the service */
};

static struct {
	bool taken; /* a CPU is at it */
	bool there; /* the service has the key */
	enum question_phase phase;
	enum message_phase message_phase;
	bool plain;     /* the host has no place for certificates */
	bool certified; /* the message that was carried last asked for them */
	u64 since;      /* nanoseconds, of the last step */
	struct evidence_question question;
	struct {
		u8 nonce[ATTEST_NONCE_SIZE];
		u8 manifest[MANIFEST_MAX];
	} asked;
	size_t manifest_size;
	u8 message[ATTEST_MESSAGE_SIZE];
	struct attest_answer answer;
	struct attestation_report report;
	u8 certificates[PLATFORM_CERTIFICATES_MAX];
	size_t certificates_size;
} making;

bool evidence_is_there(void)
{
	return __atomic_load_n(&making.there, __ATOMIC_RELAXED) && service_is_there(SERVICE_ATTEST);
}

/* The service's key is gone, or its process with the key. */
static enum err evidence_lose(const char *why)
{
	log_error("attestation: %s; there is no more of it", why);
	__atomic_store_n(&making.there, false, __ATOMIC_RELAXED);
	making.phase = QUESTION_NONE;
	making.message_phase = MESSAGE_NONE;
	return ERR_NOT_FOUND;
}

/* An answer that is none of the service's ends the question; the key may be good still. */
static enum err question_fail(const char *why)
{
	log_error("attestation: %s", why);
	making.phase = QUESTION_NONE;
	return ERR_STATE;
}

static bool goes_on(enum err error)
{
	return error == ERR_INCOMPLETE || error == ERR_BUSY;
}

/* A process that finds no memory finds it later. */
static enum err ask(enum service service, const struct service_request *request, struct service_reply *reply)
{
	enum err error = service_call(service, request, reply);
	return error == ERR_NO_MEMORY ? ERR_BUSY : error;
}

static enum err attest_call(u32 operation, struct span payload, struct service_reply *reply)
{
	const struct service_request request = {.operation = operation, .payload = payload};
	enum err error = ask(SERVICE_ATTEST, &request, reply);
	if (goes_on(error)) {
		return error;
	}
	if (error == ERR_LOST || error == ERR_NOT_FOUND) {
		return evidence_lose("the service has died, and its key with it");
	}
	if (error == ERR_OK && reply->status == ATTEST_NO_KEY) {
		return evidence_lose("the service has given up its key");
	}
	return error == ERR_OK ? ERR_OK : question_fail("the service's answer is too long");
}

/* The service says what is to be sent. */
static enum err message_put_out(const struct service_reply *reply)
{
	if (reply->size != sizeof(making.message)) {
		return question_fail("the service sends no message");
	}
	memcpy(making.message, reply->payload, sizeof(making.message));
	making.message_phase = MESSAGE_OUT;
	return ERR_INCOMPLETE;
}

static enum err message_carry(void)
{
	struct platform_message message = {
		.request = span_of(making.message, sizeof(making.message)),
		.response = making.answer.page,
		.certificates = making.question.certificates && !making.plain ? making.certificates : NULL,
	};
	enum err error = platform_message_carry(&message);
	making.answer.carried = error == ERR_OK ? 1 : 0;
	making.answer.status = error == ERR_OK ? message.status : 0;
	making.certified = message.certificates != NULL;
	making.certificates_size = 0;
	if (error == ERR_OK && message.status == 0 && making.certified) {
		making.certificates_size =
			manifest_certificates_size(span_of(making.certificates, sizeof(making.certificates)));
	}
	making.message_phase = MESSAGE_ANSWERED;
	return ERR_INCOMPLETE;
}

/* A host that is busy has us wait; one whose certificates are too many is asked for none. */
static enum err message_again(const struct service_reply *reply)
{
	bool too_small = making.answer.status >> 32 == GUEST_REQUEST_BUFFER_TOO_SMALL;
	if (too_small && !making.plain) {
		making.plain = true;
		log_info("attestation: the host has more certificates than there is room for: none are taken");
		return message_put_out(reply);
	}
	enum err error = message_put_out(reply);
	return error == ERR_INCOMPLETE ? ERR_BUSY : error;
}

static enum err message_answer(void)
{
	u8 again[ATTEST_MESSAGE_SIZE];
	struct service_reply reply = {.payload = again, .room = sizeof(again)};
	enum err error = attest_call(ATTEST_ANSWER, span_of(&making.answer, sizeof(making.answer)), &reply);
	if (error != ERR_OK) {
		return error;
	}
	making.message_phase = MESSAGE_NONE;
	if (reply.status == ATTEST_SEND) {
		return message_again(&reply);
	}
	return reply.status == ATTEST_DONE ? ERR_INCOMPLETE : question_fail("the service takes no answer");
}

/* The endorsement key is asked for each time: a vTPM that has died has another one. */
static enum err manifest_make(void)
{
	u8 key[MANIFEST_KEY_MAX];
	struct service_reply reply = {.payload = key, .room = sizeof(key)};
	const struct service_request request = {.operation = VTPM_ENDORSEMENT_KEY, .payload = span_of(key, 0)};
	enum err error = ask(SERVICE_VTPM, &request, &reply);
	if (error == ERR_NOT_FOUND && making.question.all) {
		reply.size = 0;
	} else if (error != ERR_OK) {
		making.phase = goes_on(error) ? making.phase : QUESTION_NONE;
		return error == ERR_LOST || error == ERR_TRUNCATED ? ERR_STATE : error;
	} else if (reply.status != VTPM_DONE || reply.size == 0) {
		return question_fail("the vTPM has no endorsement key");
	}
	if (making.question.all) {
		making.manifest_size = manifest_of_all(span_of(key, reply.size), making.asked.manifest);
	} else {
		memcpy(making.asked.manifest, key, reply.size);
		making.manifest_size = reply.size;
	}
	making.phase = QUESTION_REPORT;
	return ERR_INCOMPLETE;
}

/* An earlier question that nobody went on with may have had the same nonce, and wanted no certificates. */
static bool certificates_are_missing(void)
{
	return making.question.certificates && !making.plain && !making.certified;
}

static enum err report_take(const struct service_reply *reply)
{
	switch (reply->status) {
	case ATTEST_SEND:
		return message_put_out(reply);
	case ATTEST_DONE:
		break;
	case ATTEST_REFUSED:
		return question_fail("the PSP makes no such report");
	default:
		return question_fail("the service makes no report");
	}
	if (reply->size != sizeof(making.report)) {
		return question_fail("the service's report has a wrong size");
	}
	if (certificates_are_missing()) {
		return ERR_INCOMPLETE; /* the service makes another one: it has forgotten this */
	}
	making.phase = QUESTION_ANSWERED;
	return ERR_OK;
}

static enum err report_ask(void)
{
	struct service_reply reply = {.payload = (u8 *)&making.report, .room = sizeof(making.report)};
	enum err error = attest_call(ATTEST_REPORT,
				     span_of(&making.asked, sizeof(making.asked.nonce) + making.manifest_size), &reply);
	return error == ERR_OK ? report_take(&reply) : error;
}

static enum err question_advance(void)
{
	if (making.message_phase == MESSAGE_OUT) {
		return message_carry();
	}
	if (making.message_phase == MESSAGE_ANSWERED) {
		return message_answer();
	}
	switch (making.phase) {
	case QUESTION_MANIFEST:
		return manifest_make();
	case QUESTION_REPORT:
		return report_ask();
	default:
		return ERR_OK;
	}
}

static bool is_old(u64 now)
{
	return now - making.since > EVIDENCE_KEEP_SECONDS * NANOSECONDS_PER_SECOND;
}

/* An answer is good for the one who has asked; who does not ask any more loses his turn. ERR_BUSY. */
static enum err question_choose(const struct evidence_question *question)
{
	bool is_this = making.phase != QUESTION_NONE && memcmp(&making.question, question, sizeof(*question)) == 0;
	u64 now = clock_nanoseconds();
	bool is_over = making.phase == QUESTION_NONE || making.phase == QUESTION_ANSWERED;
	if (!is_this && !is_over && !is_old(now)) {
		return ERR_BUSY;
	}
	if (!is_this || (is_over && is_old(now))) {
		making.question = *question;
		memcpy(making.asked.nonce, question->nonce, sizeof(making.asked.nonce));
		making.plain = false;
		making.phase = QUESTION_MANIFEST;
	}
	making.since = now;
	return ERR_OK;
}

static bool making_take(void)
{
	return !__atomic_exchange_n(&making.taken, true, __ATOMIC_ACQUIRE);
}

static void making_give(void)
{
	__atomic_store_n(&making.taken, false, __ATOMIC_RELEASE);
}

enum err evidence_step(const struct evidence_question *question, struct evidence *evidence)
{
	if (!evidence_is_there()) {
		return ERR_NOT_FOUND;
	}
	if (!making_take()) {
		return ERR_BUSY;
	}
	enum err error = question_choose(question);
	if (error == ERR_OK) {
		error = question_advance();
	}
	if (error != ERR_OK) {
		making_give();
		return error;
	}
	*evidence = (struct evidence){
		.report = span_of(&making.report, sizeof(making.report)),
		.manifest = span_of(making.asked.manifest, making.manifest_size),
		.certificates = span_of(making.certificates, question->certificates ? making.certificates_size : 0),
	};
	return ERR_OK;
}

void evidence_end(bool done)
{
	making.phase = done ? QUESTION_NONE : making.phase;
	making_give();
}

/* The service runs for the first time here, as long as it takes. */
static enum err key_hand_over(const struct attest_key *key)
{
	const struct service_request request = {.operation = ATTEST_KEY, .payload = span_of(key, sizeof(*key))};
	u8 nothing[1];
	struct service_reply reply = {.payload = nothing, .room = 0};
	enum err error = ERR_INCOMPLETE;
	for (u32 slices = 0; slices < START_SLICES && goes_on(error); slices++) {
		error = ask(SERVICE_ATTEST, &request, &reply);
	}
	if (error != ERR_OK) {
		return error;
	}
	return reply.status == ATTEST_DONE ? ERR_OK : ERR_STATE;
}

/* Volatile, or the compiler may leave it out. */
static void key_wipe(void *key, size_t size)
{
	volatile u8 *bytes = key;
	for (size_t i = 0; i < size; i++) {
		bytes[i] = 0;
	}
}

void evidence_begin(struct secrets_page *secrets, u32 guest_vmpl, void *pages)
{
	struct attest_key key = {.sequence = FIRST_SEQUENCE};
	memset(&making, 0, sizeof(making));
	memcpy(key.key, secrets->vmpck[0], sizeof(key.key));
	for (u32 vmpl = 0; vmpl < guest_vmpl; vmpl++) {
		key_wipe(secrets->vmpck[vmpl], sizeof(secrets->vmpck[vmpl]));
	}
	if (pages != NULL) {
		enum err error = platform_messages_begin(pages);
		error = error == ERR_OK ? key_hand_over(&key) : error;
		making.there = error == ERR_OK;
		log_info("attestation: %s", error == ERR_OK ? "offered" : err_name(error));
	}
	key_wipe(&key, sizeof(key));
}
