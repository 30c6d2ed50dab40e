/* SPDX-License-Identifier: MIT */
/*
 * Calls of the vTPM protocol by a hostile guest, on a model of the service that answers as the input says: any error, any status,
 * any size. Results must be the protocol's, and a response must be written whole or not at all.
 */
#include <copra/vtpm.h>
#include <string.h>

#include "base/span.h"
#include "core_guest.h"
#include "fake_service.h"
#include "guest/request.h"
#include "protocol/protocol.h"

#define MAX_CALLS 32U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct span input;
static u8 scratch[REQUEST_SCRATCH];

static u8 take(void)
{
	u8 value;
	return span_take_u8(&input, &value) == ERR_OK ? value : 0;
}

/* Somewhere in the guest's first block, near a page's end, near the end of what it has, or anywhere. */
static u64 take_address(void)
{
	static const u64 bases[] = {0,         PAGE_SIZE - 16, FIRST_AREA - PAGE_SIZE, FIRST_AREA, GUEST_BLOCK - 64,
				    SVSM_BASE, SVSM_VMSA};
	u64 raw = 0;
	u8 choice = take();
	if (choice >= 0xF0 && span_take_u64(&input, &raw) == ERR_OK) {
		return raw;
	}
	return bases[choice % (sizeof(bases) / sizeof(bases[0]))] + take();
}

static void arrange_service(void)
{
	u8 choice = take();
	fake_service.there[SERVICE_VTPM] = choice != 0xFF;
	fake_service.slices = choice & 3;
	fake_service.waits = (choice & 4) != 0 ? ERR_BUSY : ERR_INCOMPLETE;
	fake_service.answer = (choice & 8) != 0 ? (enum err)(take() % (ERR_LOST + 1)) : ERR_OK;
	fake_service.status = (choice & 16) != 0 ? take() : VTPM_DONE;
	fake_service.reply_size = (size_t)take() * 17 % FAKE_SERVICE_BYTES;
}

static void write_request(u64 address)
{
	struct svsm_vtpm_request head = {.command = SVSM_VTPM_SEND_COMMAND, .size = (u32)take() * 17};
	u8 flaw = take();
	head.command = flaw == 1 ? take() : head.command;
	head.locality = flaw == 2 ? take() : 0;
	head.size = flaw == 3 ? (u32)take() << 24 | take() : head.size;
	(void)fake_guest_store(GUEST_VMPL, gpa(address), &head, sizeof(head));
}

static bool result_is_the_protocols(u64 result)
{
	return result == SVSM_SUCCESS ||
	       (result >= SVSM_ERR_INCOMPLETE && result <= SVSM_ERR_BUSY && result != SVSM_ERR_INVALID_FORMAT);
}

static void call_once(struct vcpu *vcpu)
{
	u64 address = take_address();
	write_request(address);
	arrange_service();
	struct request request = {
		.rax = (u64)SVSM_PROTOCOL_VTPM << 32 | (take() & 3 ? SVSM_VTPM_CMD : take()),
		.rcx = address,
		.vcpu = vcpu,
		.scratch = scratch,
	};
	protocol_dispatch(&request);
	expect(result_is_the_protocols(request.rax));
	guest_agrees();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vcpu *vcpu;
	input = span_of(data, size);
	guest_setup();
	memset(&fake_service, 0, sizeof(fake_service));
	expect(vcpu_current(&vcpu) == ERR_OK);
	if ((take() & 1) != 0) {
		expect(vcpu_remap_calling_area(vcpu, gpa(FIRST_AREA + PAGE_SIZE)) == ERR_OK);
	}
	for (u32 i = 0; i < MAX_CALLS && input.n > 0; i++) {
		call_once(vcpu);
	}
	return 0;
}
