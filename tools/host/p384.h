/* SPDX-License-Identifier: MIT */
/* ECDSA signatures on P-384 with SHA-384 as the PSP writes them. Apart because libcrypto's headers use names of lib/base. */
#pragma once

#include <copra/types.h>

#define P384_NUMBER_SIZE 72U /* little endian */

struct evp_pkey_st; /* libcrypto's EVP_PKEY */

/* False also when there is no key, or one of another kind. */
bool p384_verify(struct evp_pkey_st *key, const void *message, size_t n, const u8 r[P384_NUMBER_SIZE],
		 const u8 s[P384_NUMBER_SIZE]);
