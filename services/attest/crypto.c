/* SPDX-License-Identifier: MIT */
#include "attest/crypto.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

bool crypto_init(void)
{
	return OPENSSL_init_crypto(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_ATEXIT, NULL) == 1;
}

static EVP_CIPHER_CTX *cipher_begin(const struct crypto_gcm *gcm, int seal)
{
	int n = 0;
	EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
	if (cipher == NULL || EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, gcm->key, gcm->iv, seal) != 1 ||
	    EVP_CipherUpdate(cipher, NULL, &n, gcm->authenticated, (int)gcm->authenticated_size) != 1) {
		EVP_CIPHER_CTX_free(cipher);
		return NULL;
	}
	return cipher;
}

bool crypto_gcm_seal(const struct crypto_gcm *gcm, u8 tag[CRYPTO_TAG_SIZE])
{
	int n = 0;
	EVP_CIPHER_CTX *cipher = cipher_begin(gcm, 1);
	bool ok = cipher != NULL && EVP_CipherUpdate(cipher, gcm->to, &n, gcm->from, (int)gcm->size) == 1 &&
		  EVP_CipherFinal_ex(cipher, gcm->to + n, &n) == 1 &&
		  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, CRYPTO_TAG_SIZE, tag) == 1;
	EVP_CIPHER_CTX_free(cipher);
	return ok;
}

bool crypto_gcm_open(const struct crypto_gcm *gcm, const u8 tag[CRYPTO_TAG_SIZE])
{
	u8 wanted[CRYPTO_TAG_SIZE];
	int n = 0;
	EVP_CIPHER_CTX *cipher = cipher_begin(gcm, 0);
	memcpy(wanted, tag, sizeof(wanted));
	bool ok = cipher != NULL && EVP_CipherUpdate(cipher, gcm->to, &n, gcm->from, (int)gcm->size) == 1 &&
		  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, CRYPTO_TAG_SIZE, wanted) == 1 &&
		  EVP_CipherFinal_ex(cipher, gcm->to + n, &n) == 1;
	EVP_CIPHER_CTX_free(cipher);
	if (!ok) {
		OPENSSL_cleanse(gcm->to, gcm->size);
	}
	return ok;
}

bool crypto_sha512(const u8 *bytes, size_t size, u8 digest[CRYPTO_SHA512_SIZE])
{
	return EVP_Digest(bytes, size, digest, NULL, EVP_sha512(), NULL) == 1;
}

void crypto_wipe(void *bytes, size_t size)
{
	OPENSSL_cleanse(bytes, size);
}
