/* SPDX-License-Identifier: MIT */
#include "host/hex.h"

#include <string.h>

static int digit_value(char c)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_read(const char *word, u8 *bytes, size_t room, size_t *n)
{
	size_t length = strlen(word);
	if (length % 2 != 0 || length / 2 > room) {
		return false;
	}
	for (size_t i = 0; i < length; i += 2) {
		int high = digit_value(word[i]), low = digit_value(word[i + 1]);
		if (high < 0 || low < 0) {
			return false;
		}
		bytes[i / 2] = (u8)(high << 4 | low);
	}
	*n = length / 2;
	return true;
}
