/* SPDX-License-Identifier: MIT */
/*
 * Freestanding programs only. Built with -ffreestanding and without loop-to-call conversion, or it would call itself. Four words a round:
 * on an emulated processor the branches are what costs.
 */
#include "base/mem.h"

#define ROUND (4 * sizeof(u64))

static void word_copy(u8 *to, const u8 *from)
{
	u64 word;
	__builtin_memcpy(&word, from, sizeof(word));
	__builtin_memcpy(to, &word, sizeof(word));
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	u8 *t = to;
	const u8 *f = from;
	for (; n >= ROUND; n -= ROUND, t += ROUND, f += ROUND) {
		word_copy(t, f);
		word_copy(t + sizeof(u64), f + sizeof(u64));
		word_copy(t + 2 * sizeof(u64), f + 2 * sizeof(u64));
		word_copy(t + 3 * sizeof(u64), f + 3 * sizeof(u64));
	}
	for (; n >= sizeof(u64); n -= sizeof(u64), t += sizeof(u64), f += sizeof(u64)) {
		word_copy(t, f);
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
	for (; n >= ROUND; n -= ROUND, t += ROUND) {
		__builtin_memcpy(t, &word, sizeof(word));
		__builtin_memcpy(t + sizeof(u64), &word, sizeof(word));
		__builtin_memcpy(t + 2 * sizeof(u64), &word, sizeof(word));
		__builtin_memcpy(t + 3 * sizeof(u64), &word, sizeof(word));
	}
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
