/* SPDX-License-Identifier: MIT */
/* Hashes and signatures of a TPM, by libcrypto. TPM 2.0 Library, part 2: TPM_ALG_ID */
#pragma once

#include <copra/types.h>

#define TPM_ALG_SHA512 0x0DU
#define TPM_ALG_RSASSA 0x14U
#define TPM_ALG_RSAPSS 0x16U
#define TPM_ALG_ECDSA 0x18U

#define TPM_HASH_MAX 64U

/* The size of a hash that may still be trusted (SHA-256, SHA-384, SHA-512); 0 for any other. */
size_t tpm_hash_size(u16 algorithm);
/* The hash of two pieces, one after the other; its size is tpm_hash_size. */
struct tpm_bytes {
	const u8 *p;
	size_t n;
};
void tpm_hash(u16 algorithm, struct tpm_bytes first, struct tpm_bytes second, u8 digest[TPM_HASH_MAX]);

struct tpm_signature {
	u16 scheme, hash;
	const u8 *first; /* the signature, or r; big endian */
	size_t first_size;
	const u8 *second; /* s */
	size_t second_size;
};

/* pem: the public key. False for a wrong signature, a key that does not fit the scheme, or one that is too small. */
bool tpm_signature_verify(const struct tpm_signature *signature, const u8 *pem, size_t pem_size, const u8 *message,
			  size_t n);
