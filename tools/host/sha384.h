/* SPDX-License-Identifier: MIT */
/* Hashes by libcrypto. Apart from hash.c because libcrypto's headers use names that lib/base has as well. */
#pragma once

#include <copra/types.h>

#define SHA256_SIZE 32U
#define SHA384_SIZE 48U

/* False when libcrypto refuses. */
bool sha384_compute(const u8 *bytes, size_t n, u8 digest[SHA384_SIZE]);
bool sha256_compute(const u8 *bytes, size_t n, u8 digest[SHA256_SIZE]);

/* The same piece by piece. NULL when libcrypto refuses. */
struct hash_state;
struct hash_state *hash_begin(size_t digest_size);
bool hash_add(struct hash_state *state, const u8 *bytes, size_t n);
/* Frees the state. */
bool hash_end(struct hash_state *state, u8 *digest);
