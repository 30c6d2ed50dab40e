/* SPDX-License-Identifier: MIT */
#include "attest/message.h"

#include <string.h>

#include "attest/crypto.h"

#define MESSAGE_VERSION 1U
#define MESSAGE_VMPCK 0U

static struct crypto_gcm gcm_of(const struct message_seal *seal, const struct guest_message_header *header)
{
	struct crypto_gcm gcm = {
		.key = seal->key,
		.authenticated = &header->algorithm,
		.authenticated_size = sizeof(*header) - GUEST_MESSAGE_AUTHENTICATED,
		.size = header->size,
	};
	memcpy(gcm.iv, &seal->sequence, sizeof(seal->sequence));
	return gcm;
}

bool message_close(const struct message_seal *seal, struct span payload, u8 *message)
{
	struct guest_message_header header = {
		.sequence = seal->sequence,
		.algorithm = GUEST_MESSAGE_ALGORITHM,
		.header_version = GUEST_MESSAGE_HEADER_VERSION,
		.header_size = sizeof(header),
		.type = seal->type,
		.version = MESSAGE_VERSION,
		.size = (u16)payload.n,
		.vmpck = MESSAGE_VMPCK,
	};
	struct crypto_gcm gcm = gcm_of(seal, &header);
	gcm.from = payload.p;
	gcm.to = message + sizeof(header);
	bool ok = crypto_gcm_seal(&gcm, header.tag);
	memcpy(message, &header, sizeof(header));
	return ok;
}

/* All of it is authenticated but the number, which is in the IV; so a wrong field is found here, or by the tag. */
static bool header_fits(const struct message_seal *seal, const struct guest_message_header *header)
{
	return header->sequence == seal->sequence && header->algorithm == GUEST_MESSAGE_ALGORITHM &&
	       header->header_version == GUEST_MESSAGE_HEADER_VERSION && header->header_size == sizeof(*header) &&
	       header->type == seal->type && header->version == MESSAGE_VERSION && header->vmpck == MESSAGE_VMPCK;
}

bool message_open(const struct message_seal *seal, struct span page, u8 *to, size_t *size)
{
	struct guest_message_header header;
	struct span sealed;
	if (span_copy(page, 0, &header, sizeof(header)) != ERR_OK || !header_fits(seal, &header) ||
	    header.size > *size || span_slice(page, sizeof(header), header.size, &sealed) != ERR_OK) {
		memset(to, 0, *size);
		return false;
	}
	struct crypto_gcm gcm = gcm_of(seal, &header);
	gcm.from = sealed.p;
	gcm.to = to;
	bool ok = crypto_gcm_open(&gcm, header.tag);
	*size = ok ? header.size : 0;
	return ok;
}
