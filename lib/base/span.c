/* SPDX-License-Identifier: MIT */
#include "base/span.h"

#include "base/mem.h"

enum err span_slice(struct span s, u64 offset, u64 n, struct span *out)
{
	if (offset > s.n || n > s.n - offset) {
		return ERR_TRUNCATED;
	}
	*out = span_of(s.p + offset, (size_t)n);
	return ERR_OK;
}

enum err span_take(struct span *s, size_t n, struct span *out)
{
	enum err error = span_slice(*s, 0, n, out);
	if (error == ERR_OK) {
		s->p += n;
		s->n -= n;
	}
	return error;
}

static enum err take_little_endian(struct span *s, size_t n, u64 *out)
{
	struct span field;
	enum err error = span_take(s, n, &field);
	if (error != ERR_OK) {
		return error;
	}
	u64 value = 0;
	for (size_t i = n; i > 0; i--) {
		value = value << 8 | field.p[i - 1];
	}
	*out = value;
	return ERR_OK;
}

enum err span_take_u8(struct span *s, u8 *out)
{
	u64 value;
	enum err error = take_little_endian(s, sizeof(*out), &value);
	if (error == ERR_OK) {
		*out = (u8)value;
	}
	return error;
}

enum err span_take_u16(struct span *s, u16 *out)
{
	u64 value;
	enum err error = take_little_endian(s, sizeof(*out), &value);
	if (error == ERR_OK) {
		*out = (u16)value;
	}
	return error;
}

enum err span_take_u32(struct span *s, u32 *out)
{
	u64 value;
	enum err error = take_little_endian(s, sizeof(*out), &value);
	if (error == ERR_OK) {
		*out = (u32)value;
	}
	return error;
}

enum err span_take_u64(struct span *s, u64 *out)
{
	return take_little_endian(s, sizeof(*out), out);
}

enum err span_copy(struct span s, u64 offset, void *out, size_t n)
{
	struct span part;
	enum err error = span_slice(s, offset, n, &part);
	if (error == ERR_OK && n > 0) {
		memcpy(out, part.p, n);
	}
	return error;
}

bool span_equal(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

bool span_is_zero(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] != 0) {
			return false;
		}
	}
	return true;
}
