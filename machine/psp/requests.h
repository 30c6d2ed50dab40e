/* SPDX-License-Identifier: MIT */
#pragma once

#include "psp/guest.h"

/*
 * SNP_GUEST_REQUEST (56860, section 8.26): opens the message, does what it asks for, seals the answer. The result is the
 * command's status; response is written only with PSP_SUCCESS. A message that is refused uses up no number.
 */
u32 psp_guest_request(struct psp_guest *guest, const u8 request[4096], u8 response[4096]);

/* TSC ticks of the last one that went into a signature. */
u64 psp_signature_ticks(void);
