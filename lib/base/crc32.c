/* SPDX-License-Identifier: MIT */
#include "base/crc32.h"

#define POLYNOMIAL 0xEDB88320U /* x^32 + x^26 + x^23 + ... + 1, bit-reversed */

u32 crc32_add(u32 crc, struct span s)
{
	u32 value = ~crc;
	for (size_t i = 0; i < s.n; i++) {
		value ^= s.p[i];
		for (unsigned bit = 0; bit < 8; bit++) {
			value = value >> 1 ^ (POLYNOMIAL & (0 - (value & 1)));
		}
	}
	return ~value;
}
