/* SPDX-License-Identifier: MIT */
#include "sign/ecdsa.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <string.h>

#include "host/p384.h"

#define CURVE_BYTES 48U
#define CURVE_NAME "secp384r1"

struct ecdsa_key *ecdsa_key_read(const char *path, const char **why)
{
	char group[32];
	BIO *file = BIO_new_file(path, "r");
	if (file == NULL) {
		*why = "it cannot be read";
		return NULL;
	}
	EVP_PKEY *key = PEM_read_bio_PrivateKey(file, NULL, NULL, NULL);
	BIO_free(file);
	if (key == NULL) {
		*why = "it is not a private key in PEM";
		return NULL;
	}
	if (EVP_PKEY_get_group_name(key, group, sizeof(group), NULL) != 1 || strcmp(group, CURVE_NAME) != 0) {
		*why = "it is not a key of P-384 (make one with 'openssl ecparam -name secp384r1 -genkey')";
		EVP_PKEY_free(key);
		return NULL;
	}
	return (struct ecdsa_key *)key;
}

static bool number_out(const BIGNUM *number, u8 out[ECDSA_NUMBER_SIZE])
{
	return number != NULL && BN_bn2lebinpad(number, out, ECDSA_NUMBER_SIZE) == (int)ECDSA_NUMBER_SIZE;
}

bool ecdsa_public(const struct ecdsa_key *key, struct ecdsa_point *point)
{
	const EVP_PKEY *pkey = (const EVP_PKEY *)key;
	BIGNUM *x = NULL;
	BIGNUM *y = NULL;
	bool done = EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_X, &x) == 1 &&
		    EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_EC_PUB_Y, &y) == 1 && number_out(x, point->x) &&
		    number_out(y, point->y);
	BN_free(x);
	BN_free(y);
	return done;
}

static bool sign_der(EVP_PKEY *key, const void *message, size_t n, u8 *der, size_t *der_size)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool done = context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha384(), NULL, key) == 1 &&
		    EVP_DigestSign(context, der, der_size, message, n) == 1;
	EVP_MD_CTX_free(context);
	return done;
}

bool ecdsa_sign(const struct ecdsa_key *key, const void *message, size_t n, struct ecdsa_signature *signature)
{
	u8 der[160];
	size_t size = sizeof(der);
	const u8 *at = der;
	if (!sign_der((EVP_PKEY *)(uintptr_t)key, message, n, der, &size)) {
		return false;
	}
	ECDSA_SIG *parts = d2i_ECDSA_SIG(NULL, &at, (long)size);
	bool done = parts != NULL && number_out(ECDSA_SIG_get0_r(parts), signature->r) &&
		    number_out(ECDSA_SIG_get0_s(parts), signature->s);
	ECDSA_SIG_free(parts);
	return done;
}

/* The 48 bytes of a coordinate, highest first; false when the rest is not zero. */
static bool coordinate_of(const u8 number[ECDSA_NUMBER_SIZE], u8 out[CURVE_BYTES])
{
	for (size_t i = CURVE_BYTES; i < ECDSA_NUMBER_SIZE; i++) {
		if (number[i] != 0) {
			return false;
		}
	}
	for (size_t i = 0; i < CURVE_BYTES; i++) {
		out[i] = number[CURVE_BYTES - 1 - i];
	}
	return true;
}

static EVP_PKEY *key_of_point(const struct ecdsa_point *point)
{
	u8 encoded[1 + 2 * CURVE_BYTES] = {4}; /* uncompressed */
	char group[] = CURVE_NAME;
	EVP_PKEY *key = NULL;
	if (!coordinate_of(point->x, encoded + 1) || !coordinate_of(point->y, encoded + 1 + CURVE_BYTES)) {
		return NULL;
	}
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
		OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof(encoded)),
		OSSL_PARAM_construct_end(),
	};
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
	if (context == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
		key = NULL;
	}
	EVP_PKEY_CTX_free(context);
	return key;
}

bool ecdsa_verify(const struct ecdsa_point *point, const void *message, size_t n,
		  const struct ecdsa_signature *signature)
{
	EVP_PKEY *key = key_of_point(point);
	bool good = p384_verify(key, message, n, signature->r, signature->s);
	EVP_PKEY_free(key);
	return good;
}
