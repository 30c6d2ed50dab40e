/* SPDX-License-Identifier: MIT */
/*
 * What a guest sends to the PSP. First byte: bit 0 sets a good header and seals the payload with the guest's key, so that what
 * is asked for is reached; the rest is the page. A refused message changes nothing; an answered one uses two numbers.
 */
#include <stdlib.h>
#include <string.h>

#include "psp/crypto.h"
#include "psp/identity.h"
#include "psp/requests.h"

#define PAGE 4096U

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The machine's is made when it is built; any will do here. */
static const u8 certificates[24];
const struct psp_identity psp_identity = {
	.key = {1}, .tcb = 0x0102000000000304ULL, .certificates = {certificates, sizeof(certificates)}};

static void expect(bool condition)
{
	if (!condition) {
		abort();
	}
}

static void seal(const struct psp_guest *guest, u8 page[PAGE])
{
	struct guest_message_header *header = (struct guest_message_header *)(void *)page;
	header->vmpck %= VMPCK_COUNT;
	header->sequence = guest->messages[header->vmpck] + 1;
	header->algorithm = GUEST_MESSAGE_ALGORITHM;
	header->header_version = GUEST_MESSAGE_HEADER_VERSION;
	header->header_size = sizeof(*header);
	header->version = 1;
	header->size = (u16)(header->size % GUEST_MESSAGE_PAYLOAD_MAX);
	struct gcm gcm = {guest->vmpck[header->vmpck], header->sequence, span_of(&header->algorithm, 48)};
	gcm_seal(&gcm, page + sizeof(*header), header->size, header->tag);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static u8 page[PAGE], response[PAGE];
	static struct psp_guest guest;
	if (size < 1) {
		return 0;
	}
	memset(&guest, 0, sizeof(guest));
	guest.report_version = 3;
	memset(guest.vmpck, 0x77, sizeof(guest.vmpck));
	memset(page, 0, sizeof(page));
	memcpy(page, data + 1, size - 1 < PAGE ? size - 1 : PAGE);
	if ((data[0] & 1) != 0) {
		seal(&guest, page);
	}
	memset(response, 0xEE, sizeof(response));
	u32 status = psp_guest_request(&guest, page, response);
	u64 used = 0;
	for (u32 i = 0; i < VMPCK_COUNT; i++) {
		used += guest.messages[i];
	}
	expect(used == (status == PSP_SUCCESS ? 2 : 0));
	expect((response[PAGE - 1] == 0xEE) == (status != PSP_SUCCESS));
	return 0;
}
