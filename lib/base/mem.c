/* SPDX-License-Identifier: MIT */
/* Freestanding programs only. Built with -ffreestanding and without loop-to-call conversion, or it would call itself. */
#include "base/mem.h"

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	u8 *t = to;
	const u8 *f = from;
	for (; n >= sizeof(u64); n -= sizeof(u64), t += sizeof(u64), f += sizeof(u64)) {
		u64 word;
		__builtin_memcpy(&word, f, sizeof(word));
		__builtin_memcpy(t, &word, sizeof(word));
	}
	for (; n > 0; n--) {
		*t++ = *f++;
	}
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	u8 *t = to;
	const u8 *f = from;
	if (t <= f || t >= f + n) {
		return memcpy(to, from, n);
	}
	while (n > 0) {
		n--;
		t[n] = f[n];
	}
	return to;
}

void *memset(void *to, int value, size_t n)
{
	u8 *t = to;
	u64 word = (u8)value * 0x0101010101010101ULL;
	for (; n >= sizeof(u64); n -= sizeof(u64), t += sizeof(u64)) {
		__builtin_memcpy(t, &word, sizeof(word));
	}
	for (; n > 0; n--) {
		*t++ = (u8)value;
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *x = a;
	const u8 *y = b;
	for (size_t i = 0; i < n; i++) {
		if (x[i] != y[i]) {
			return x[i] < y[i] ? -1 : 1;
		}
	}
	return 0;
}
