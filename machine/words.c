/* SPDX-License-Identifier: MIT */
#include "words.h"

struct span word_take(struct span *text, char separator)
{
	size_t n = 0;
	while (n < text->n && text->p[n] != (u8)separator) {
		n++;
	}
	struct span word = span_of(text->p, n);
	size_t taken = n < text->n ? n + 1 : n;
	*text = span_of(text->p + taken, text->n - taken);
	return word;
}

bool word_skip(struct span *word, const char *prefix)
{
	size_t n = 0;
	for (; prefix[n] != '\0'; n++) {
		if (n >= word->n || word->p[n] != (u8)prefix[n]) {
			return false;
		}
	}
	*word = span_of(word->p + n, word->n - n);
	return true;
}

bool word_is(struct span word, const char *name)
{
	return word_skip(&word, name) && word.n == 0;
}

static u32 digit_value(u8 digit)
{
	if (digit >= '0' && digit <= '9') {
		return (u32)(digit - '0');
	}
	if (digit >= 'a' && digit <= 'f') {
		return (u32)(digit - 'a') + 10;
	}
	if (digit >= 'A' && digit <= 'F') {
		return (u32)(digit - 'A') + 10;
	}
	return UINT32_MAX;
}

enum err word_number(struct span word, u64 *value)
{
	u32 base = word_skip(&word, "0x") ? 16 : 10;
	if (word.n == 0) {
		return ERR_INPUT;
	}
	u64 sum = 0;
	for (size_t i = 0; i < word.n; i++) {
		u32 digit = digit_value(word.p[i]);
		if (digit >= base) {
			return ERR_INPUT;
		}
		if (ckd_mul(&sum, sum, base) || ckd_add(&sum, sum, digit)) {
			return ERR_RANGE;
		}
	}
	*value = sum;
	return ERR_OK;
}
