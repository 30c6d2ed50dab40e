/* SPDX-License-Identifier: MIT */
/* Bytes written as hexadecimal digits. */
#pragma once

#include <copra/types.h>

/* At most room bytes, how many goes to *n. False for a word that is none, or longer. */
bool hex_read(const char *word, u8 *bytes, size_t room, size_t *n);
