/* SPDX-License-Identifier: MIT */
/* Numbers as people write them: C's notation, with K, M or G behind them if wanted. */
#pragma once

#include <copra/types.h>

/* False for anything else, and for numbers that do not fit. */
bool number_read(const char *word, u64 *value);
bool number_read_u32(const char *word, u32 *value);

/* The other way round: with K, M or G behind it where that is shorter. Returns room. */
#define NUMBER_ROOM 24U
const char *number_text(u64 value, char room[NUMBER_ROOM]);
