/* SPDX-License-Identifier: MIT */
/* Words and numbers in the text of options and fault plans. */
#pragma once

#include "base/err.h"
#include "base/span.h"

/* Takes the bytes before the first separator (or the end) off *text, and the separator. */
struct span word_take(struct span *text, char separator);

/* True when the word is exactly this name. */
bool word_is(struct span word, const char *name);

/* Takes prefix off the front of *word; false leaves it as it was. */
bool word_skip(struct span *word, const char *prefix);

/* A decimal or 0x hexadecimal number that is the whole word. ERR_INPUT: not a number, ERR_RANGE: more than 64 bits. */
err_t word_number(struct span word, u64 *value);
