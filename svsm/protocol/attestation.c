/* SPDX-License-Identifier: MIT */
/*
 * SVSM_ATTEST_SERVICES and SVSM_ATTEST_SINGLE_SERVICE. The operation and its nonce are copied once in each call and checked; evidence
 * takes some calls to make, INCOMPLETE in between (protocol/evidence.h), and then is written to the buffers of the call that
 * finds it ready.
 */
#include "protocol/attestation.h"

#include "base/align.h"
#include "guest/memory.h"
#include "platform/platform.h"
#include "protocol/attestation_manifest.h"
#include "protocol/evidence.h"

#define OPERATION_ALIGNMENT 8U

struct attestation {
	struct svsm_attest_operation operation;
	struct evidence_question question;
};

bool attestation_is_there(void)
{
	return evidence_is_there();
}

static bool buffer_is_well_formed(const struct svsm_attest_buffer *buffer)
{
	return buffer->reserved == 0 && is_aligned(buffer->address, PAGE_SIZE);
}

static bool operation_is_well_formed(const struct svsm_attest_operation *operation)
{
	return buffer_is_well_formed(&operation->report) && buffer_is_well_formed(&operation->manifest) &&
	       buffer_is_well_formed(&operation->certificates) && operation->nonce.size == ATTEST_NONCE_SIZE &&
	       span_is_zero(span_of(operation->nonce.reserved, sizeof(operation->nonce.reserved))) &&
	       operation->reserved_54 == 0;
}

/* Which service; its manifest's version is looked at only when there is such a service. */
static enum err service_check(const struct svsm_attest_operation *operation)
{
	if (!manifest_is_of_vtpm(operation->service)) {
		return ERR_NOT_FOUND;
	}
	return operation->manifest_version == MANIFEST_VTPM_VERSION ? ERR_OK : ERR_INPUT;
}

/* As much of a buffer as will be written to at the most. */
static enum err buffer_check(const struct svsm_attest_buffer *buffer, size_t most)
{
	return guest_write_check(gpa(buffer->address), buffer->size < most ? buffer->size : most);
}

static enum err buffers_check(const struct svsm_attest_operation *operation)
{
	enum err error = buffer_check(&operation->report, sizeof(struct attestation_report));
	if (error == ERR_OK) {
		error = buffer_check(&operation->manifest, MANIFEST_MAX);
	}
	return error == ERR_OK ? buffer_check(&operation->certificates, PLATFORM_CERTIFICATES_MAX) : error;
}

/* All that the guest says, once, onto the private copy. */
static enum err attestation_decode(const struct request *request, bool all, struct attestation *attestation)
{
	struct svsm_attest_operation *operation = &attestation->operation;
	if (!is_aligned(request->rcx, OPERATION_ALIGNMENT)) {
		return ERR_INPUT;
	}
	enum err error = guest_read(gpa(request->rcx), operation, all ? SVSM_ATTEST_SERVICES_SIZE : sizeof(*operation));
	if (error != ERR_OK) {
		return error;
	}
	if (!operation_is_well_formed(operation)) {
		return ERR_INPUT;
	}
	error = all ? ERR_OK : service_check(operation);
	if (error == ERR_OK) {
		error = buffers_check(operation);
	}
	attestation->question.all = all;
	attestation->question.certificates = operation->certificates.size != 0;
	return error == ERR_OK ? guest_read(gpa(operation->nonce.address), attestation->question.nonce,
					    sizeof(attestation->question.nonce))
			       : error;
}

static enum err buffer_write(const struct svsm_attest_buffer *buffer, struct span bytes)
{
	return bytes.n > 0 ? guest_write(gpa(buffer->address), bytes.p, bytes.n) : ERR_OK;
}

/* ERR_NO_MEMORY: a buffer is too small, and nothing is written. */
static enum err evidence_write(const struct svsm_attest_operation *operation, const struct evidence *evidence)
{
	if (evidence->report.n > operation->report.size || evidence->manifest.n > operation->manifest.size ||
	    evidence->certificates.n > operation->certificates.size) {
		return ERR_NO_MEMORY;
	}
	enum err error = buffer_write(&operation->report, evidence->report);
	if (error == ERR_OK) {
		error = buffer_write(&operation->manifest, evidence->manifest);
	}
	return error == ERR_OK ? buffer_write(&operation->certificates, evidence->certificates) : error;
}

static enum err attestation_apply(struct request *request, const struct attestation *attestation)
{
	struct evidence evidence;
	enum err error = evidence_step(&attestation->question, &evidence);
	if (error != ERR_OK) {
		return error;
	}
	error = evidence_write(&attestation->operation, &evidence);
	if (error == ERR_OK || error == ERR_NO_MEMORY) {
		request->rcx = evidence.manifest.n;
		request->rdx = evidence.certificates.n;
		request->r8 = evidence.report.n;
	}
	evidence_end(error == ERR_OK);
	return error;
}

static u64 attestation_result(enum err error)
{
	switch (error) {
	case ERR_OK:
		return SVSM_SUCCESS;
	case ERR_INCOMPLETE:
		return SVSM_ERR_INCOMPLETE;
	case ERR_BUSY:
		return SVSM_ERR_BUSY;
	case ERR_NOT_FOUND: /* no such service, or nobody to attest it any more */
		return SVSM_ERR_UNSUPPORTED_PROTOCOL;
	case ERR_RANGE:
	case ERR_LOST:
		return SVSM_ERR_INVALID_ADDRESS;
	case ERR_INPUT:
	case ERR_NO_MEMORY: /* the registers say how much is needed */
		return SVSM_ERR_INVALID_PARAMETER;
	default: /* a service has died over it, or the PSP refuses */
		return SVSM_ERR_INVALID_REQUEST;
	}
}

u64 attestation_call(struct request *request, u32 call)
{
	struct attestation attestation = {0};
	if (!attestation_is_there()) {
		return SVSM_ERR_UNSUPPORTED_PROTOCOL;
	}
	if (call != SVSM_ATTEST_SERVICES && call != SVSM_ATTEST_SINGLE_SERVICE) {
		return SVSM_ERR_UNSUPPORTED_CALL;
	}
	enum err error = attestation_decode(request, call == SVSM_ATTEST_SERVICES, &attestation);
	return attestation_result(error == ERR_OK ? attestation_apply(request, &attestation) : error);
}
