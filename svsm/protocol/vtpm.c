/* SPDX-License-Identifier: MIT */
/*
 * SVSM_VTPM_QUERY and SVSM_VTPM_CMD (58019, chapter 8). A command is copied once from the guest's buffer, checked, and handed to the
 * service; while it is computed the guest gets INCOMPLETE or BUSY after each slice and calls again, and the copy it then makes is
 * what finds the command's result.
 *
 * Two kinds of guests cannot do with that alone:
 * - Firmware (OVMF 2026.08) takes INCOMPLETE for a failure. As long as a vCPU has the calling area of the boot, its command is carried
 *   out within one call.
 * - Linux repeats the call with interrupts off. So, after a number of repeated calls, the command is answered with TPM_RC_RETRY (TPM
 *   2.0, part 2, 6.6.3): Linux's TPM core sleeps a little, more each time, and sends the command again, which finds its result. As
 *   Linux gives up at the eighth answer of this kind, the calls that are granted double from one to the next.
 */
#include "protocol/vtpm.h"

#include <copra/vtpm.h>

#include "base/mem.h"
#include "guest/budget.h"
#include "guest/memory.h"
#include "task/clock.h"
#include "task/service.h"

/* Slices for a command of firmware's: a minute and more. */
#define FIRMWARE_SLICES 100000U
#define PATIENCE_FIRST 256U
#define PATIENCE_DOUBLINGS 4U
#define PATIENCE_NANOSECONDS 8000000000ULL /* however slow the calls are: Linux' watchdog barks at 20 s */
#define RC_RETRY_BYTES 0x80, 0x01, 0x00, 0x00, 0x00, 0x0A, 0x00, 0x00, 0x09, 0x22

/* Platform commands that the TPM simulator knows (58019, section 8.1). */
#define KNOWN_COMMANDS (0x7FFFEULL | 1ULL << 20 | 1ULL << 21 | 1ULL << 25 | 1ULL << 26 | 1ULL << 30)

_Static_assert(SERVICE_SLICE_MICROSECONDS * 1000U + BUDGET_SERVICE <= BUDGET_CALL,
	       "a call for a service is no longer than others");

/* Request and response lie in the CPU's scratch memory, the response behind room for its size. */
#define MESSAGE_OFFSET sizeof(struct svsm_vtpm_response)
_Static_assert(MESSAGE_OFFSET + VTPM_MESSAGE_MAX <= REQUEST_SCRATCH, "a message fits into the scratch memory");
_Static_assert(sizeof(struct svsm_vtpm_request) + VTPM_MESSAGE_MAX == SVSM_VTPM_BUFFER_SIZE,
	       "a command fits into the buffer");

/* How often TPM_RC_RETRY was answered since a command was done last. */
static u32 retries;

bool vtpm_is_there(void)
{
	return service_is_there(SERVICE_VTPM);
}

static bool command_known(u32 command)
{
	return command < 64 && (KNOWN_COMMANDS >> command & 1) != 0;
}

/* Reads the request's head, once, and behind it the TPM's command into the scratch memory. *size is its size. */
static enum err command_decode(const struct request *request, u32 *size)
{
	struct svsm_vtpm_request head;
	gpa_t buffer = gpa(request->rcx);
	if (buffer.raw == 0) {
		return ERR_INPUT;
	}
	enum err error = guest_read(buffer, &head, sizeof(head));
	if (error != ERR_OK) {
		return error;
	}
	if (head.command != SVSM_VTPM_SEND_COMMAND) {
		return command_known(head.command) ? ERR_UNSUPPORTED : ERR_INPUT;
	}
	if (head.locality != 0 || head.size == 0 || head.size > VTPM_MESSAGE_MAX) {
		return ERR_INPUT;
	}
	*size = head.size;
	return guest_read(gpa(buffer.raw + sizeof(head)), request->scratch + MESSAGE_OFFSET, head.size);
}

static bool goes_on(enum err error)
{
	return error == ERR_INCOMPLETE || error == ERR_BUSY || error == ERR_NO_MEMORY;
}

/* Hands the command to the service, for one slice or, for firmware, until it is done. */
static enum err command_run(const struct request *request, u32 size, struct service_reply *reply)
{
	const struct service_request command = {
		.operation = VTPM_COMMAND,
		.argument = 0,
		.payload = span_of(request->scratch + MESSAGE_OFFSET, size),
	};
	u32 slices = vcpu_is_original(request->vcpu) ? FIRMWARE_SLICES : 1;
	enum err error = ERR_INCOMPLETE;
	while (slices > 0 && goes_on(error)) {
		*reply = (struct service_reply){.payload = request->scratch + MESSAGE_OFFSET, .room = VTPM_MESSAGE_MAX};
		error = service_call(SERVICE_VTPM, &command, reply);
		slices--;
	}
	return error;
}

/* True when the guest has waited long enough for one answer; it then gets TPM_RC_RETRY. */
static bool patience_ends(struct vcpu *vcpu)
{
	u32 answered = __atomic_load_n(&retries, __ATOMIC_RELAXED);
	u32 doublings = answered < PATIENCE_DOUBLINGS ? answered : PATIENCE_DOUBLINGS;
	u64 now = clock_nanoseconds();
	vcpu->waits_since = vcpu->waited == 0 ? now : vcpu->waits_since;
	vcpu->waited++;
	if (vcpu->waited < PATIENCE_FIRST << doublings && now - vcpu->waits_since < PATIENCE_NANOSECONDS) {
		return false;
	}
	vcpu->waited = 0;
	__atomic_store_n(&retries, doublings + 1, __ATOMIC_RELAXED);
	return true;
}

static void patience_renew(struct vcpu *vcpu)
{
	vcpu->waited = 0;
	__atomic_store_n(&retries, 0, __ATOMIC_RELAXED);
}

/* The response is in the scratch memory; it goes to the guest together with its size. */
static enum err response_write(const struct request *request, size_t size)
{
	const struct svsm_vtpm_response head = {.size = (u32)size};
	memcpy(request->scratch, &head, sizeof(head));
	return guest_write(gpa(request->rcx), request->scratch, sizeof(head) + size);
}

static enum err response_retry(const struct request *request)
{
	static const u8 retry[] = {RC_RETRY_BYTES};
	memcpy(request->scratch + MESSAGE_OFFSET, retry, sizeof(retry));
	return response_write(request, sizeof(retry));
}

/* A reply that is none of the protocol's counts as one of a service that has died. */
static enum err command_apply(const struct request *request, u32 size)
{
	struct service_reply reply;
	enum err error = command_run(request, size, &reply);
	if (goes_on(error)) {
		return patience_ends(request->vcpu) ? response_retry(request) : error;
	}
	patience_renew(request->vcpu);
	if (error != ERR_OK || reply.status != VTPM_DONE) {
		return error == ERR_NOT_FOUND ? error : ERR_STATE;
	}
	error = response_write(request, reply.size);
	/* A call that is made again for its page being changed meanwhile would have the TPM carry the command out twice. */
	return error == ERR_BUSY ? ERR_RANGE : error;
}

static u64 vtpm_result(enum err error)
{
	switch (error) {
	case ERR_OK:
		return SVSM_SUCCESS;
	case ERR_INCOMPLETE:
		return SVSM_ERR_INCOMPLETE;
	case ERR_BUSY:
	case ERR_NO_MEMORY:
		return SVSM_ERR_BUSY;
	case ERR_NOT_FOUND: /* the service was given up */
		return SVSM_ERR_UNSUPPORTED_PROTOCOL;
	case ERR_UNSUPPORTED:
		return SVSM_ERR_UNSUPPORTED_CALL;
	case ERR_RANGE:
	case ERR_LOST:
		return SVSM_ERR_INVALID_ADDRESS;
	case ERR_INPUT:
		return SVSM_ERR_INVALID_PARAMETER;
	default: /* the service died over the command */
		return SVSM_ERR_INVALID_REQUEST;
	}
}

/* RCX: the buffer. */
static u64 vtpm_command(const struct request *request)
{
	u32 size;
	enum err error = command_decode(request, &size);
	return vtpm_result(error == ERR_OK ? command_apply(request, size) : error);
}

/* RCX: platform commands. RDX: features; there are none. */
static u64 vtpm_query(struct request *request)
{
	request->rcx = 1ULL << SVSM_VTPM_SEND_COMMAND;
	request->rdx = 0;
	return SVSM_SUCCESS;
}

u64 vtpm_call(struct request *request, u32 call)
{
	if (!vtpm_is_there()) {
		return SVSM_ERR_UNSUPPORTED_PROTOCOL;
	}
	switch (call) {
	case SVSM_VTPM_QUERY:
		return vtpm_query(request);
	case SVSM_VTPM_CMD:
		return vtpm_command(request);
	default:
		return SVSM_ERR_UNSUPPORTED_CALL;
	}
}
