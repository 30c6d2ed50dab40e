/* SPDX-License-Identifier: MIT */
/*
 * Bounded text: formats into a caller's buffer, never past it, always counted, never NUL-terminated by need.
 * For freestanding code; host tools may use the C library.
 */
#pragma once

#include <stdarg.h>

#include <copra/types.h>

#include "base/compiler.h"

struct text {
	char *p;
	size_t capacity;
	size_t n;       /* bytes written, <= capacity */
	bool truncated; /* something did not fit */
};

static inline struct text text_of(char *p, size_t capacity)
{
	return (struct text){.p = p, .capacity = capacity};
}

/* Conversions: %d %u %x %X (with l, ll, z, h, hh), %p, %s (with precision), %c, %%; flags 0 and -, and a width. */
void text_format(struct text *t, const char *format, ...) printf_like(2, 3);
void text_vformat(struct text *t, const char *format, va_list arguments) printf_like(2, 0);
