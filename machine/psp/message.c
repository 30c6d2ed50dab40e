/* SPDX-License-Identifier: MIT */
#include "psp/message.h"

#include "base/mem.h"
#include "psp/crypto.h"

#define MESSAGE_VERSION_MIN 1U
#define MESSAGE_VERSION_MAX 2U /* of key requests, which then have one more field */

static struct gcm gcm_of(const struct psp_guest *guest, const struct guest_message_header *header)
{
	return (struct gcm){
		.key = guest->vmpck[header->vmpck],
		.sequence = header->sequence,
		.authenticated = span_of(&header->algorithm, sizeof(*header) - GUEST_MESSAGE_AUTHENTICATED),
	};
}

static bool header_valid(const struct guest_message_header *header)
{
	return header->vmpck < VMPCK_COUNT && header->algorithm == GUEST_MESSAGE_ALGORITHM &&
	       header->header_version == GUEST_MESSAGE_HEADER_VERSION && header->header_size == sizeof(*header) &&
	       header->version >= MESSAGE_VERSION_MIN && header->version <= MESSAGE_VERSION_MAX &&
	       header->size <= GUEST_MESSAGE_PAYLOAD_MAX;
}

u32 message_open(const struct psp_guest *guest, const u8 page[4096], struct psp_message *message)
{
	struct guest_message_header header;
	memcpy(&header, page, sizeof(header));
	if (!header_valid(&header)) {
		return PSP_INVALID_PARAMETER;
	}
	u64 last = guest->messages[header.vmpck];
	if (last > UINT64_MAX - 2) {
		return PSP_AEAD_OVERFLOW;
	}
	if (header.sequence != last + 1) {
		return PSP_INVALID_PARAMETER;
	}
	message->type = header.type;
	message->vmpck = header.vmpck;
	message->sequence = header.sequence;
	message->size = header.size;
	memcpy(message->payload, page + sizeof(header), header.size);
	struct gcm gcm = gcm_of(guest, &header);
	return gcm_open(&gcm, message->payload, message->size, header.tag) ? PSP_SUCCESS : PSP_BAD_MEASUREMENT;
}

void message_answer(struct psp_guest *guest, const struct psp_message *answer, u8 page[4096])
{
	struct guest_message_header header = {
		.sequence = answer->sequence,
		.algorithm = GUEST_MESSAGE_ALGORITHM,
		.header_version = GUEST_MESSAGE_HEADER_VERSION,
		.header_size = sizeof(header),
		.type = answer->type,
		.version = MESSAGE_VERSION_MIN,
		.size = (u16)answer->size,
		.vmpck = answer->vmpck,
	};
	memset(page, 0, 4096);
	memcpy(page + sizeof(header), answer->payload, answer->size);
	struct gcm gcm = gcm_of(guest, &header);
	gcm_seal(&gcm, page + sizeof(header), answer->size, header.tag);
	memcpy(page, &header, sizeof(header));
	guest->messages[answer->vmpck] = answer->sequence;
}
