/* SPDX-License-Identifier: MIT */
#include "host/hash.h"

#include <stdlib.h>

#include "host/report.h"
#include "host/sha384.h"

_Static_assert(SHA384_SIZE == LAUNCH_DIGEST_SIZE, "the launch digest is a SHA-384");

static void hash_span(void *context, struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	if (!sha384_compute(data.p, data.n, digest)) {
		report("libcrypto refuses SHA-384");
		exit(STATUS_FAILED);
	}
}

const struct igvm_hash host_hash = {.sha384 = hash_span};
