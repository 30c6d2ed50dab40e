/* SPDX-License-Identifier: MIT */
#include "psp/sha384.h"

#include <bearssl/bearssl_hash.h>

void sha384(struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	br_sha384_context context;
	br_sha384_init(&context);
	br_sha384_update(&context, data.p, data.n);
	br_sha384_out(&context, digest);
}
