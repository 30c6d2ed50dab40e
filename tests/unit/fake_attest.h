/* SPDX-License-Identifier: MIT */
/*
 * A model of both services and of the PSP behind the host, for tests of the attestation protocol: messages with a number instead of a
 * seal, and a host that can be told to lie. It notes what the real ones would take for a broken channel.
 */
#pragma once

#include <copra/attest.h>

#include "fake_service.h"
#include "platform/fake/fake.h"

struct fake_attest {
	/* The services */
	u8 key[GUEST_MESSAGE_KEY_SIZE]; /* what was handed over */
	u32 keys;
	bool gone;                         /* the key */
	bool refused;                      /* the PSP refuses */
	u32 slices;                        /* calls that each request of either service takes before it is done */
	enum err wait;                     /* what they answer meanwhile; ERR_INCOMPLETE unless set */
	enum err vtpm_error, attest_error; /* what the services answer instead, if anything */
	u32 attest_status;                 /* a reply's, instead of the right one */
	size_t reply_cut;                  /* bytes that a reply lacks */
	u8 endorsement_key[64];
	size_t endorsement_key_size;
	/* The host */
	u64 host_status;   /* of the messages to come */
	u32 host_statuses; /* how many of them have it */
	bool host_fails;
	u8 certificates[64];
	size_t certificates_size;
	/* What was seen */
	u32 messages, plain_messages; /* that the PSP has seen */
	u64 sequence;                 /* of the last one */
	bool repeated;                /* a number came twice with another message, or none was due */
};
extern struct fake_attest fake_attest;

/* All of it as it should be; fake_service and fake are set up to be answered by it. */
void fake_attest_reset(void);
/* Report data as it makes them, of a payload of ATTEST_REPORT: any function of all its bytes will do. */
void fake_attest_data(struct span payload, u8 data[64]);
