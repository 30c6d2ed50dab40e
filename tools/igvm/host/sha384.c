/* SPDX-License-Identifier: MIT */
#include "host/sha384.h"

#include <openssl/evp.h>

bool sha384_compute(const u8 *bytes, size_t n, u8 digest[SHA384_SIZE])
{
	return EVP_Digest(bytes, n, digest, NULL, EVP_sha384(), NULL) == 1;
}
