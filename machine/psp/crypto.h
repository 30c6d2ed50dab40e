/* SPDX-License-Identifier: MIT */
/*
 * What the PSP does with keys, by BearSSL. It uses SSE registers: at run time, call vcpu_store_fpu before. Numbers of ECDSA
 * are little endian in 72 bytes, as the PSP's structures have them.
 */
#pragma once

#include <copra/psp.h>

#include "base/span.h"

#define ECDSA_NUMBER_SIZE 72U
#define ECDSA_P384_SIZE 48U

/* AES-256-GCM with a 96-bit IV: the sequence number. In place; the tag is made, or returned as it ought to be. */
struct gcm {
	const u8 *key; /* GUEST_MESSAGE_KEY_SIZE bytes */
	u64 sequence;
	struct span authenticated;
};
void gcm_seal(const struct gcm *gcm, u8 *data, size_t n, u8 tag[GUEST_MESSAGE_TAG_SIZE]);
/* False: it is not what was sealed; the data are then zeroed. */
bool gcm_open(const struct gcm *gcm, u8 *data, size_t n, const u8 tag[GUEST_MESSAGE_TAG_SIZE]);

void hmac_sha384(struct span key, struct span data, u8 digest[LAUNCH_DIGEST_SIZE]);

struct ecdsa_signature {
	u8 r[ECDSA_NUMBER_SIZE], s[ECDSA_NUMBER_SIZE];
};

struct ecdsa_public {
	u8 x[ECDSA_NUMBER_SIZE], y[ECDSA_NUMBER_SIZE];
};

/* P-384 with SHA-384; the key is a big-endian number. */
void ecdsa_sign(const u8 key[ECDSA_P384_SIZE], struct span message, struct ecdsa_signature *signature);
/* False also for a point that is none of the curve. */
bool ecdsa_verify(const struct ecdsa_public *key, struct span message, const struct ecdsa_signature *signature);
