/* SPDX-License-Identifier: MIT */
#include "host/p384.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <string.h>

#define GROUP "secp384r1"

static bool is_p384(const EVP_PKEY *key)
{
	char group[32];
	return key != NULL && EVP_PKEY_is_a(key, "EC") &&
	       EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) == 1 && strcmp(group, GROUP) == 0;
}

/* In DER, to be freed; 0 when libcrypto refuses. */
static int signature_encode(const u8 r[P384_NUMBER_SIZE], const u8 s[P384_NUMBER_SIZE], u8 **der)
{
	ECDSA_SIG *signature = ECDSA_SIG_new();
	BIGNUM *r_number = BN_lebin2bn(r, P384_NUMBER_SIZE, NULL), *s_number = BN_lebin2bn(s, P384_NUMBER_SIZE, NULL);
	if (signature == NULL || ECDSA_SIG_set0(signature, r_number, s_number) != 1) {
		BN_free(r_number);
		BN_free(s_number);
		ECDSA_SIG_free(signature);
		return 0;
	}
	int n = i2d_ECDSA_SIG(signature, der);
	ECDSA_SIG_free(signature);
	return n;
}

bool p384_verify(struct evp_pkey_st *key, const void *message, size_t n, const u8 r[P384_NUMBER_SIZE],
		 const u8 s[P384_NUMBER_SIZE])
{
	u8 *der = NULL;
	int size = is_p384(key) ? signature_encode(r, s, &der) : 0;
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good = size > 0 && context != NULL && EVP_DigestVerifyInit(context, NULL, EVP_sha384(), NULL, key) == 1 &&
		    EVP_DigestVerify(context, der, (size_t)size, message, n) == 1;
	EVP_MD_CTX_free(context);
	OPENSSL_free(der);
	return good;
}
