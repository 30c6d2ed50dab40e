/* SPDX-License-Identifier: MIT */
#include "host/number.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/compiler.h"

static u64 unit_of(const char *suffix)
{
	if (suffix[0] == '\0') {
		return 1;
	}
	if (suffix[1] != '\0') {
		return 0;
	}
	switch (suffix[0]) {
	case 'K':
		return 1ULL << 10;
	case 'M':
		return 1ULL << 20;
	case 'G':
		return 1ULL << 30;
	default:
		return 0;
	}
}

bool number_read(const char *word, u64 *value)
{
	char *end;
	errno = 0;
	unsigned long long number = strtoull(word, &end, 0);
	if (errno != 0 || word[0] < '0' || word[0] > '9') {
		return false;
	}
	u64 unit = unit_of(end);
	return unit != 0 && !ckd_mul(value, number, unit);
}

bool number_read_u32(const char *word, u32 *value)
{
	u64 number;
	if (!number_read(word, &number) || number > UINT32_MAX) {
		return false;
	}
	*value = (u32)number;
	return true;
}

const char *number_text(u64 value, char room[NUMBER_ROOM])
{
	static const char units[][2] = {"", "K", "M", "G"};
	size_t unit = 0;
	while (value != 0 && value % 1024 == 0 && unit + 1 < ARRAY_SIZE(units)) {
		value /= 1024;
		unit++;
	}
	snprintf(room, NUMBER_ROOM, "%llu%s", (unsigned long long)value, units[unit]);
	return room;
}
