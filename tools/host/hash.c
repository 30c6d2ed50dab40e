/* SPDX-License-Identifier: MIT */
#include "host/hash.h"

#include <stdlib.h>

#include "host/report.h"
#include "host/sha384.h"

_Static_assert(SHA384_SIZE == LAUNCH_DIGEST_SIZE, "the launch digest is a SHA-384");
_Static_assert(SHA256_SIZE == IGVM_SHA256_SIZE, "the digest of VBS is a SHA-256");

static void expect(bool done)
{
	if (!done) {
		report("libcrypto refuses to hash");
		exit(STATUS_FAILED);
	}
}

static void hash_384(void *context, struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	expect(sha384_compute(data.p, data.n, digest));
}

static void hash_256(void *context, struct span data, u8 digest[IGVM_SHA256_SIZE])
{
	expect(sha256_compute(data.p, data.n, digest));
}

const struct igvm_hash host_hash = {.sha384 = hash_384, .sha256 = hash_256};

static void add(void *context, struct span data)
{
	expect(hash_add(context, data.p, data.n));
}

struct igvm_stream host_stream_begin(size_t digest_size)
{
	struct hash_state *state = hash_begin(digest_size);
	expect(state != NULL);
	return (struct igvm_stream){.add = add, .context = state};
}

void host_stream_end(struct igvm_stream *stream, u8 *digest)
{
	expect(hash_end(stream->context, digest));
}
