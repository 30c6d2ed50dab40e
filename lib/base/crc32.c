/* SPDX-License-Identifier: MIT */
#include "base/crc32.h"

#define POLYNOMIAL 0xEDB88320U /* x^32 + x^26 + x^23 + ... + 1, bit-reversed */

/* The remainder of a byte is the sum of its bits' remainders; that of its highest bit is the polynomial, each lower one's
 * is the next higher one's after one more step. */
#define STEP(r) ((r) >> 1 ^ (POLYNOMIAL & (0U - ((r)&1U))))

enum bit_remainder {
	BIT_7 = (int)POLYNOMIAL,
	BIT_6 = (int)STEP((u32)BIT_7),
	BIT_5 = (int)STEP((u32)BIT_6),
	BIT_4 = (int)STEP((u32)BIT_5),
	BIT_3 = (int)STEP((u32)BIT_4),
	BIT_2 = (int)STEP((u32)BIT_3),
	BIT_1 = (int)STEP((u32)BIT_2),
	BIT_0 = (int)STEP((u32)BIT_1),
};

#define OF_BIT(i, n) (((i) >> (n)&1U) != 0 ? (u32)BIT_##n : 0U)
#define ENTRY(i) \
	(OF_BIT(i, 0) ^ OF_BIT(i, 1) ^ OF_BIT(i, 2) ^ OF_BIT(i, 3) ^ OF_BIT(i, 4) ^ OF_BIT(i, 5) ^ OF_BIT(i, 6) ^ \
	 OF_BIT(i, 7))
#define ENTRIES_4(i) ENTRY(i), ENTRY((i) + 1U), ENTRY((i) + 2U), ENTRY((i) + 3U)
#define ENTRIES_16(i) ENTRIES_4(i), ENTRIES_4((i) + 4U), ENTRIES_4((i) + 8U), ENTRIES_4((i) + 12U)
#define ENTRIES_64(i) ENTRIES_16(i), ENTRIES_16((i) + 16U), ENTRIES_16((i) + 32U), ENTRIES_16((i) + 48U)

static const u32 remainders[256] = {ENTRIES_64(0U), ENTRIES_64(64U), ENTRIES_64(128U), ENTRIES_64(192U)};

u32 crc32_add(u32 crc, struct span s)
{
	u32 value = ~crc;
	for (size_t i = 0; i < s.n; i++) {
		value = value >> 8 ^ remainders[(value ^ s.p[i]) & 0xFF];
	}
	return ~value;
}
