/* SPDX-License-Identifier: MIT */
/*
 * What the attestation service is asked for (copra/channel.h). It holds VMPCK0 and keeps the channel to the PSP (SEV-SNP Firmware
 * ABI, 56860, chapter 7): it seals and opens, and whoever asks carries the sealed pages to the host and back. Arguments are 0.
 *
 * A report takes three steps. ATTEST_REPORT is answered with ATTEST_SEND and a message. That goes to the host as it is; what the
 * host answers comes back by ATTEST_ANSWER, also when it is no answer. Then ATTEST_REPORT again, with the same payload.
 */
#pragma once

#include <copra/psp.h>

/* Payload: struct attest_key. Once in a process' life; it has no key before. */
#define ATTEST_KEY 1U
/*
 * Payload: a nonce and a manifest; SHA-512 of both, one behind the other, becomes the report data. ATTEST_DONE with the report,
 * ATTEST_SEND with a message (which may be one that was asked for earlier and has no answer yet), or ATTEST_REFUSED.
 */
#define ATTEST_REPORT 2U
/* Payload: struct attest_answer. ATTEST_DONE: ask for the report; ATTEST_SEND: the same message has to be sent again. */
#define ATTEST_ANSWER 3U

/* Status of a reply */
#define ATTEST_DONE 0U
#define ATTEST_UNKNOWN_OPERATION 1U
#define ATTEST_BAD_ARGUMENT 2U
#define ATTEST_BAD_SIZE 3U
#define ATTEST_BAD_STATE 4U /* a second key, an answer to no message */
#define ATTEST_SEND 5U
#define ATTEST_REFUSED 6U /* the PSP has read the request and makes no such report */
#define ATTEST_NO_KEY 7U  /* it has none, or has just given it up: nothing is sealed or opened any more */

#define ATTEST_NONCE_SIZE 64U
#define ATTEST_MANIFEST_MAX 4096U

struct attest_key {
	u8 key[GUEST_MESSAGE_KEY_SIZE];
	u64 sequence; /* number of the first message */
};
LAYOUT_SIZE(struct attest_key, 40);

/* A sealed request for a report: what is sent of its page; the rest is zeros. */
#define ATTEST_MESSAGE_SIZE (sizeof(struct guest_message_header) + sizeof(struct report_request))

struct attest_answer {
	u32 carried; /* 1: the host has answered the guest request; 0: it has failed it, and the rest counts for nothing */
	u32 reserved;
	u64 status; /* SW_EXITINFO2 */
	u8 page[PAGE_SIZE];
};
LAYOUT_AT(struct attest_answer, status, 8);
LAYOUT_SIZE(struct attest_answer, 16 + PAGE_SIZE);
