/* SPDX-License-Identifier: MIT */
#include "hash.h"

#include <stdio.h>

#include "host/sha384.h"
#include "unit/unit.h"

static void hash_span(void *context, struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	assert_true(sha384_compute(data.p, data.n, digest));
}

const struct igvm_hash test_hash = {.sha384 = hash_span};

void assert_digest(const u8 digest[LAUNCH_DIGEST_SIZE], const char *expected)
{
	char text[2 * LAUNCH_DIGEST_SIZE + 1];
	for (size_t i = 0; i < LAUNCH_DIGEST_SIZE; i++) {
		snprintf(text + 2 * i, 3, "%02x", digest[i]);
	}
	assert_string_equal(text, expected);
}
