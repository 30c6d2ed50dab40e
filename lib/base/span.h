/* SPDX-License-Identifier: MIT */
/*
 * Bounded bytes, and a reader that consumes them. All parsing of untrusted input goes through this: no pointer arithmetic
 * outside of it, and little-endian fields are assembled byte by byte, so alignment never matters.
 */
#pragma once

#include <copra/types.h>

#include "base/err.h"

struct span {
	const u8 *p;
	size_t n;
};

static inline struct span span_of(const void *p, size_t n)
{
	return (struct span){.p = p, .n = n};
}

/* The n bytes at offset; ERR_TRUNCATED when they are not all there. *out is untouched on error. */
err_t span_slice(struct span s, u64 offset, u64 n, struct span *out);

/* Takes n bytes from the front of *s. ERR_TRUNCATED leaves *s as it was. */
err_t span_take(struct span *s, size_t n, struct span *out);
err_t span_take_u8(struct span *s, u8 *out);
err_t span_take_u16(struct span *s, u16 *out);
err_t span_take_u32(struct span *s, u32 *out);
err_t span_take_u64(struct span *s, u64 *out);

/* Copies n bytes at offset of s to out; ERR_TRUNCATED copies nothing. */
err_t span_copy(struct span s, u64 offset, void *out, size_t n);

bool span_equal(struct span a, struct span b);
bool span_is_zero(struct span s);
