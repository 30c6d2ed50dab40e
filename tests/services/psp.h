/* SPDX-License-Identifier: MIT */
/* A PSP as the attestation service meets it, written from the specification (56860, chapter 7) with OpenSSL alone. */
#pragma once

#include <copra/attest.h>

struct psp {
	u8 key[GUEST_MESSAGE_KEY_SIZE];
	u64 last;       /* number of the last message, of either side */
	u32 status;     /* what it says in its next responses */
	u32 vmpl;       /* for whom its reports are */
	u8 data_change; /* XORed into report data */
	u16 size;       /* of its responses; 0: as they should be */
	bool complete;  /* there is a report also where the status says that there is none */
	/* XORed into a response's field */
	u32 report_size_change;
	u8 type_change, version_change, algorithm_change, header_version_change, header_size_change, vmpck_change;
};

/* Takes a request and writes its response to a page. False: it refuses the message, and has not counted it. */
bool psp_request(struct psp *psp, const u8 message[ATTEST_MESSAGE_SIZE], u8 page[4096]);

void psp_sha512(const void *bytes, size_t size, u8 digest[64]);
