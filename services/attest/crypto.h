/* SPDX-License-Identifier: MIT */
/* What is used of libcrypto; its headers and ours have names in common. False where it fails: it has no memory. */
#pragma once

#include <copra/types.h>

#define CRYPTO_KEY_SIZE 32U
#define CRYPTO_IV_SIZE 12U
#define CRYPTO_TAG_SIZE 16U
#define CRYPTO_SHA512_SIZE 64U

bool crypto_init(void);

/* AES-256-GCM of `size` bytes from `from` to `to`, with `authenticated_size` bytes before them that stay clear. */
struct crypto_gcm {
	const u8 *key;
	u8 iv[CRYPTO_IV_SIZE];
	const u8 *authenticated;
	size_t authenticated_size;
	const u8 *from;
	u8 *to;
	size_t size;
};
bool crypto_gcm_seal(const struct crypto_gcm *gcm, u8 tag[CRYPTO_TAG_SIZE]);
/* False also when the tag is another; `to` is then zero. */
bool crypto_gcm_open(const struct crypto_gcm *gcm, const u8 tag[CRYPTO_TAG_SIZE]);

bool crypto_sha512(const u8 *bytes, size_t size, u8 digest[CRYPTO_SHA512_SIZE]);

/* Zeros that no compiler leaves out. */
void crypto_wipe(void *bytes, size_t size);
