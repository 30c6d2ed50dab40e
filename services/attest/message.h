/* SPDX-License-Identifier: MIT */
/* Sealed messages between a guest and its PSP: AES-256-GCM, each under a number of its own. 56860, chapter 7. */
#pragma once

#include <copra/psp.h>

#include "base/span.h"

struct message_seal {
	const u8 *key;
	u64 sequence; /* the number is the IV: never two messages with the same one */
	u8 type;
};

/* Writes header and sealed payload, one behind the other. False: libcrypto fails, and what was written is nothing to send. */
bool message_close(const struct message_seal *seal, struct span payload, u8 *message);

/*
 * Opens a page that came from the host, which may be anything: the payload goes to `to`, which has room for *size bytes; *size
 * becomes its size. False: it is no message of that number and type, sealed with that key, or does not fit; `to` is then zero.
 */
bool message_open(const struct message_seal *seal, struct span page, u8 *to, size_t *size);
