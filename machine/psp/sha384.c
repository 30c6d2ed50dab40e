/* SPDX-License-Identifier: MIT */
/*
 * BearSSL as the distribution builds it: it wants a few symbols of a C library, and reads its stack guard at FS:0x28,
 * which is where struct cpu keeps it.
 */
#include "psp/sha384.h"

#include <bearssl/bearssl_hash.h>

#include "base/mem.h"
#include "trace/end.h"

void *__memcpy_chk(void *restrict to, const void *restrict from, size_t n, size_t room);
noreturn_fn void __stack_chk_fail(void);

void *__memcpy_chk(void *restrict to, const void *restrict from, size_t n, size_t room)
{
	if (n > room) {
		machine_end(END_FAULT, NULL, "why=\"buffer overflow in the hash library\"");
	}
	return memcpy(to, from, n);
}

void __stack_chk_fail(void)
{
	machine_end(END_FAULT, NULL, "why=\"stack overflow in the hash library\"");
}

void sha384(struct span data, u8 digest[LAUNCH_DIGEST_SIZE])
{
	br_sha384_context context;
	br_sha384_init(&context);
	br_sha384_update(&context, data.p, data.n);
	br_sha384_out(&context, digest);
}
