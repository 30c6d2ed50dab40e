/* SPDX-License-Identifier: MIT */
/* The channel between a guest and its PSP: sealed, counted messages of one page. 56860, chapter 7. */
#pragma once

#include "psp/guest.h"

struct psp_message {
	u8 type;
	u8 vmpck;
	u64 sequence;
	u32 size;
	u8 payload[GUEST_MESSAGE_PAYLOAD_MAX];
};

/*
 * Opens what a guest sent, which may be anything. PSP_SUCCESS, or PSP_INVALID_PARAMETER (header, or not the next number),
 * PSP_AEAD_OVERFLOW (no numbers are left), PSP_BAD_MEASUREMENT (not sealed by this guest's key). Changes nothing in the guest.
 */
u32 message_open(const struct psp_guest *guest, const u8 page[4096], struct psp_message *message);

/* Seals the answer into a page, under the number after the request's. Both numbers are then used. */
void message_answer(struct psp_guest *guest, const struct psp_message *answer, u8 page[4096]);
