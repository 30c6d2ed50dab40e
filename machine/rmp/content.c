/* SPDX-License-Identifier: MIT */
#include "rmp/content.h"

#define LINE_WORDS 8U /* 64 bytes */

static u64 change_count;

/* Spreads every bit of its argument over all bits of the result: multiply and shift, with odd constants. */
static u64 pattern_mix(u64 x)
{
	x = (x ^ (x >> 31)) * 0xD6E8FEB86659FD93ULL;
	x = (x ^ (x >> 29)) * 0xA0761D6478BD642FULL;
	return (x ^ (x >> 32)) | 1;
}

void content_scramble(void *page, gpa_t address, enum page_size size)
{
	u64 *words = page;
	u64 step = size == PAGE_2M ? PAGE_SIZE / sizeof(u64) / 2 : LINE_WORDS;
	u64 count = page_bytes(size) / sizeof(u64);
	u64 pattern = pattern_mix(address.raw + ++change_count);
	for (u64 i = 0; i < count; i += step) {
		words[i] ^= pattern;
		pattern = pattern << 7 ^ pattern >> 57 ^ i;
	}
}
