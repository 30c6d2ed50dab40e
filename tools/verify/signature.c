/* SPDX-License-Identifier: MIT */
#include "verify/signature.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdlib.h>

#define RSA_BITS_MIN 2048
#define EC_BITS_MIN 256

/* A pass phrase for what claims to be encrypted, or libcrypto asks the terminal. */
static char no_pass_phrase[] = "";

static const EVP_MD *hash_of(u16 algorithm)
{
	switch (algorithm) {
	case 0x0B:
		return EVP_sha256();
	case 0x0C:
		return EVP_sha384();
	case TPM_ALG_SHA512:
		return EVP_sha512();
	default:
		return NULL;
	}
}

size_t tpm_hash_size(u16 algorithm)
{
	const EVP_MD *md = hash_of(algorithm);
	return md != NULL ? (size_t)EVP_MD_get_size(md) : 0;
}

void tpm_hash(u16 algorithm, struct tpm_bytes first, struct tpm_bytes second, u8 digest[TPM_HASH_MAX])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context == NULL || EVP_DigestInit_ex(context, hash_of(algorithm), NULL) != 1 ||
	    EVP_DigestUpdate(context, first.p, first.n) != 1 || EVP_DigestUpdate(context, second.p, second.n) != 1 ||
	    EVP_DigestFinal_ex(context, digest, NULL) != 1) {
		abort();
	}
	EVP_MD_CTX_free(context);
}

static bool digest_verify(EVP_PKEY *key, const struct tpm_signature *signature, struct tpm_bytes encoded,
			  struct tpm_bytes message)
{
	EVP_PKEY_CTX *options = NULL;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool ok = context != NULL && EVP_DigestVerifyInit(context, &options, hash_of(signature->hash), NULL, key) == 1;
	if (ok && signature->scheme == TPM_ALG_RSAPSS) {
		ok = EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) == 1;
	}
	ok = ok && EVP_DigestVerify(context, encoded.p, encoded.n, message.p, message.n) == 1;
	EVP_MD_CTX_free(context);
	return ok;
}

static bool ecdsa_verify(EVP_PKEY *key, const struct tpm_signature *signature, struct tpm_bytes message)
{
	u8 *der = NULL;
	ECDSA_SIG *pair = ECDSA_SIG_new();
	BIGNUM *r = BN_bin2bn(signature->first, (int)signature->first_size, NULL);
	BIGNUM *s = BN_bin2bn(signature->second, (int)signature->second_size, NULL);
	if (pair == NULL || r == NULL || s == NULL) {
		abort();
	}
	ECDSA_SIG_set0(pair, r, s);
	int size = i2d_ECDSA_SIG(pair, &der);
	bool ok = size > 0 && digest_verify(key, signature, (struct tpm_bytes){der, (size_t)size}, message);
	OPENSSL_free(der);
	ECDSA_SIG_free(pair);
	return ok;
}

bool tpm_signature_verify(const struct tpm_signature *signature, const u8 *pem, size_t pem_size, const u8 *message,
			  size_t n)
{
	BIO *bio = pem_size <= INT32_MAX ? BIO_new_mem_buf(pem, (int)pem_size) : NULL;
	EVP_PKEY *key = bio != NULL ? PEM_read_bio_PUBKEY(bio, NULL, NULL, no_pass_phrase) : NULL;
	bool rsa = signature->scheme == TPM_ALG_RSASSA || signature->scheme == TPM_ALG_RSAPSS;
	bool ok = false;
	if (key != NULL && rsa && EVP_PKEY_is_a(key, "RSA") && EVP_PKEY_get_bits(key) >= RSA_BITS_MIN) {
		ok = digest_verify(key, signature, (struct tpm_bytes){signature->first, signature->first_size},
				   (struct tpm_bytes){message, n});
	} else if (key != NULL && signature->scheme == TPM_ALG_ECDSA && EVP_PKEY_is_a(key, "EC") &&
		   EVP_PKEY_get_bits(key) >= EC_BITS_MIN) {
		ok = ecdsa_verify(key, signature, (struct tpm_bytes){message, n});
	}
	EVP_PKEY_free(key);
	BIO_free(bio);
	return ok;
}
