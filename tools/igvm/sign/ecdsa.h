/* SPDX-License-Identifier: MIT */
/* ECDSA on P-384 with SHA-384 by libcrypto, numbers as the PSP has them: little endian in 72 bytes. */
#pragma once

#include <copra/types.h>

#define ECDSA_NUMBER_SIZE 72U

struct ecdsa_point {
	u8 x[ECDSA_NUMBER_SIZE];
	u8 y[ECDSA_NUMBER_SIZE];
};

struct ecdsa_signature {
	u8 r[ECDSA_NUMBER_SIZE];
	u8 s[ECDSA_NUMBER_SIZE];
};

/* A private key out of a PEM file; NULL with *why set. It lives until the program ends, and is never shown. */
struct ecdsa_key;
struct ecdsa_key *ecdsa_key_read(const char *path, const char **why);

bool ecdsa_public(const struct ecdsa_key *key, struct ecdsa_point *point);
bool ecdsa_sign(const struct ecdsa_key *key, const void *message, size_t n, struct ecdsa_signature *signature);

/* False also when the point is none of the curve. */
bool ecdsa_verify(const struct ecdsa_point *point, const void *message, size_t n,
		  const struct ecdsa_signature *signature);
