/* SPDX-License-Identifier: MIT */
#include "psp/crypto.h"

#include <bearssl/bearssl_aead.h>
#include <bearssl/bearssl_block.h>
#include <bearssl/bearssl_ec.h>
#include <bearssl/bearssl_hash.h>
#include <bearssl/bearssl_hmac.h>

#include "base/mem.h"
#include "psp/sha384.h"

#define IV_SIZE 12U
#define POINT_UNCOMPRESSED 4U

static void gcm_start(const struct gcm *gcm, br_aes_ct64_ctr_keys *keys, br_gcm_context *context)
{
	u8 iv[IV_SIZE] = {0};
	memcpy(iv, &gcm->sequence, sizeof(gcm->sequence));
	br_aes_ct64_ctr_init(keys, gcm->key, GUEST_MESSAGE_KEY_SIZE);
	br_gcm_init(context, &keys->vtable, br_ghash_ctmul64);
	br_gcm_reset(context, iv, sizeof(iv));
	br_gcm_aad_inject(context, gcm->authenticated.p, gcm->authenticated.n);
	br_gcm_flip(context);
}

void gcm_seal(const struct gcm *gcm, u8 *data, size_t n, u8 tag[GUEST_MESSAGE_TAG_SIZE])
{
	br_aes_ct64_ctr_keys keys;
	br_gcm_context context;
	gcm_start(gcm, &keys, &context);
	br_gcm_run(&context, 1, data, n);
	br_gcm_get_tag(&context, tag);
}

bool gcm_open(const struct gcm *gcm, u8 *data, size_t n, const u8 tag[GUEST_MESSAGE_TAG_SIZE])
{
	br_aes_ct64_ctr_keys keys;
	br_gcm_context context;
	gcm_start(gcm, &keys, &context);
	br_gcm_run(&context, 0, data, n);
	if (br_gcm_check_tag(&context, tag) != 1) {
		memset(data, 0, n);
		return false;
	}
	return true;
}

void hmac_sha384(struct span key, struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	br_hmac_key_context keyed;
	br_hmac_context context;
	br_hmac_key_init(&keyed, &br_sha384_vtable, key.p, key.n);
	br_hmac_init(&context, &keyed, 0);
	br_hmac_update(&context, data.p, data.n);
	br_hmac_out(&context, digest);
}

/* Between big endian in 48 bytes and little endian in 72. */
static void number_reverse(u8 to[ECDSA_NUMBER_SIZE], const u8 from[ECDSA_P384_SIZE])
{
	memset(to, 0, ECDSA_NUMBER_SIZE);
	for (u32 i = 0; i < ECDSA_P384_SIZE; i++) {
		to[i] = from[ECDSA_P384_SIZE - 1 - i];
	}
}

/* False when it is too large for the curve. */
static bool number_restore(u8 to[ECDSA_P384_SIZE], const u8 from[ECDSA_NUMBER_SIZE])
{
	for (u32 i = 0; i < ECDSA_P384_SIZE; i++) {
		to[i] = from[ECDSA_P384_SIZE - 1 - i];
	}
	return span_is_zero(span_of(from + ECDSA_P384_SIZE, ECDSA_NUMBER_SIZE - ECDSA_P384_SIZE));
}

void ecdsa_sign(const u8 key[ECDSA_P384_SIZE], struct span message, struct ecdsa_signature *signature)
{
	u8 digest[LAUNCH_DIGEST_SIZE], number[ECDSA_P384_SIZE], raw[2 * ECDSA_P384_SIZE];
	memcpy(number, key, sizeof(number));
	const br_ec_private_key private_key = {BR_EC_secp384r1, number, sizeof(number)};
	sha384(message, digest);
	memset(raw, 0, sizeof(raw));
	(void)br_ecdsa_i31_sign_raw(&br_ec_prime_i31, &br_sha384_vtable, digest, &private_key, raw);
	number_reverse(signature->r, raw);
	number_reverse(signature->s, raw + ECDSA_P384_SIZE);
}

bool ecdsa_verify(const struct ecdsa_public *key, struct span message, const struct ecdsa_signature *signature)
{
	u8 digest[LAUNCH_DIGEST_SIZE], raw[2 * ECDSA_P384_SIZE], point[1 + 2 * ECDSA_P384_SIZE];
	point[0] = POINT_UNCOMPRESSED;
	if (!number_restore(point + 1, key->x) || !number_restore(point + 1 + ECDSA_P384_SIZE, key->y) ||
	    !number_restore(raw, signature->r) || !number_restore(raw + ECDSA_P384_SIZE, signature->s)) {
		return false;
	}
	const br_ec_public_key public_key = {BR_EC_secp384r1, point, sizeof(point)};
	sha384(message, digest);
	return br_ecdsa_i31_vrfy_raw(&br_ec_prime_i31, digest, sizeof(digest), &public_key, raw, sizeof(raw)) == 1;
}
