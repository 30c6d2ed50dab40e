/* SPDX-License-Identifier: MIT */
#include "verify/digest.h"

#include <openssl/evp.h>
#include <stdlib.h>

void digest_sha512(const u8 *first, size_t n, const u8 *second, size_t m, u8 digest[64])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (context == NULL || EVP_DigestInit_ex(context, EVP_sha512(), NULL) != 1 ||
	    EVP_DigestUpdate(context, first, n) != 1 || EVP_DigestUpdate(context, second, m) != 1 ||
	    EVP_DigestFinal_ex(context, digest, NULL) != 1) {
		abort();
	}
	EVP_MD_CTX_free(context);
}
