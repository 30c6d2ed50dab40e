/* SPDX-License-Identifier: MIT */
/*
 * Calls of the attestation protocol by a hostile guest, on models of services, host and PSP that answer as the input says. Results must
 * be the protocol's, sizes are told with two of them alone, no number is used twice, and the guest's pages stay as they should be.
 */
#include <string.h>

#include "base/span.h"
#include "core_guest.h"
#include "fake_attest.h"
#include "guest/request.h"
#include "protocol/evidence.h"
#include "protocol/protocol.h"

#define MAX_CALLS 64U
#define SECOND 1000000000ULL

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span input;
static u8 scratch[REQUEST_SCRATCH];
static u8 pages[PLATFORM_MESSAGE_PAGES * PAGE_SIZE];
static struct secrets_page secrets;
static struct svsm_attest_operation operation;

static u8 take(void)
{
	u8 value;
	return span_take_u8(&input, &value) == ERR_OK ? value : 0;
}

/* A page of the guest's memory, the last one, one of the SVSM's, or anywhere. */
static u64 take_page(void)
{
	u8 choice = take();
	u64 raw = 0;
	if (choice >= 0xF0 && span_take_u64(&input, &raw) == ERR_OK) {
		return raw;
	}
	return choice >= 0xE0 ? SVSM_BASE : GUEST_BLOCK + (u64)choice * PAGE_SIZE;
}

static struct svsm_attest_buffer take_buffer(void)
{
	static const u32 sizes[] = {PAGE_SIZE, 4 * PAGE_SIZE, 0, 1, UINT32_MAX, sizeof(struct attestation_report)};
	return (struct svsm_attest_buffer){take_page(), sizes[take() % (sizeof(sizes) / sizeof(sizes[0]))], 0};
}

/* Mostly well formed; one byte of it may be any. */
static void take_operation(void)
{
	static const u8 vtpm[] = SVSM_GUID_VTPM;
	operation = (struct svsm_attest_operation){
		.report = take_buffer(),
		.nonce = {.address = take_page(), .size = ATTEST_NONCE_SIZE},
		.manifest = take_buffer(),
		.certificates = take_buffer(),
	};
	memcpy(operation.service, vtpm, sizeof(vtpm));
	u8 place = take();
	if (place < sizeof(operation)) {
		((u8 *)&operation)[place] ^= take();
	}
}

static void arrange(void)
{
	u8 choice = take();
	fake_attest.slices = choice & 3;
	fake_attest.wait = (choice & 4) != 0 ? ERR_BUSY : ERR_INCOMPLETE;
	fake_attest.host_statuses = (choice & 8) != 0 ? 1 : 0;
	fake_attest.host_status = (u64)(take() & 3) << 32;
	fake_attest.refused = (choice & 16) != 0;
	fake_attest.vtpm_error = (choice & 32) != 0 ? (enum err)(take() % (ERR_LOST + 1)) : ERR_OK;
	fake_attest.attest_error = (choice & 0xC0) == 0xC0 ? (enum err)(take() % (ERR_LOST + 1)) : ERR_OK;
	fake_attest.certificates_size = sizeof(fake_attest.certificates);
	fake_attest.certificates[take() % sizeof(fake_attest.certificates)] = take();
	fake_service.clock += (choice & 0xC0) == 0x40 ? 3 * SECOND : 0;
}

static bool result_is_the_protocols(u64 result)
{
	return result == SVSM_SUCCESS ||
	       (result >= SVSM_ERR_INCOMPLETE && result <= SVSM_ERR_BUSY && result != SVSM_ERR_INVALID_FORMAT);
}

static void answer_check(const struct request *request, u64 rcx)
{
	u64 result = request->rax;
	bool told = request->rcx != rcx || request->rdx != 1 || request->r8 != 2;
	expect(result_is_the_protocols(result));
	expect(!told || result == SVSM_SUCCESS || result == SVSM_ERR_INVALID_PARAMETER);
	expect(!told ||
	       (request->r8 == sizeof(struct attestation_report) && request->rdx <= PLATFORM_CERTIFICATES_MAX));
	expect(!fake_attest.repeated);
	guest_agrees();
}

static void call_once(struct vcpu *vcpu, u64 rcx)
{
	struct request request = {
		.rax = (u64)SVSM_PROTOCOL_ATTESTATION << 32 | (take() & 7 ? take() & 1 : take()),
		.rcx = rcx,
		.rdx = 1,
		.r8 = 2,
		.vcpu = vcpu,
		.scratch = scratch,
	};
	protocol_dispatch(&request);
	answer_check(&request, rcx);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vcpu *vcpu;
	input = span_of(data, size);
	guest_setup();
	fake_attest_reset();
	evidence_begin(&secrets, GUEST_VMPL, pages);
	expect(vcpu_current(&vcpu) == ERR_OK);
	u64 rcx = FIRST_AREA + sizeof(struct svsm_calling_area);
	for (u32 i = 0; i < MAX_CALLS && input.n > 0; i++) {
		u8 what = take();
		if (i == 0 || (what & 7) == 1) {
			take_operation();
			rcx = (what & 8) != 0 ? take_page() + take() : FIRST_AREA + sizeof(struct svsm_calling_area);
			(void)fake_guest_store(GUEST_VMPL, gpa(rcx), &operation, sizeof(operation));
		}
		if ((what & 7) == 2) {
			arrange();
		}
		call_once(vcpu, rcx);
	}
	return 0;
}
