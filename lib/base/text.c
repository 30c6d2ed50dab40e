/* SPDX-License-Identifier: MIT */
#include "base/text.h"

/* ISO C11, 7.21.6.1, as far as text.h promises. */
struct conversion {
	bool left;
	bool zero;
	bool has_precision;
	size_t width;
	size_t precision;
	char length; /* 0, 'h', 'H' for hh, 'l', 'L' for ll, 'z' */
	char type;
};

/* Digits of a number, built from the end. */
struct digits {
	char text[24];
	size_t n;
};

/* Own copy of the caller's list, so that its address can be handed on. */
struct arguments {
	va_list list;
};

#define MAX_FIELD 4096U /* widths and precisions beyond this are cut: nobody means them */

static void put(struct text *t, char c)
{
	if (t->n >= t->capacity) {
		t->truncated = true;
		return;
	}
	t->p[t->n] = c;
	t->n++;
}

static void put_many(struct text *t, char c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		put(t, c);
	}
}

static size_t parse_number(const char **format)
{
	size_t value = 0;
	while (**format >= '0' && **format <= '9') {
		value = value * 10 + (size_t)(**format - '0');
		value = value > MAX_FIELD ? MAX_FIELD : value;
		(*format)++;
	}
	return value;
}

/* A width or precision: digits, or * for an int argument, negative ones counting as 0. */
static size_t parse_field(const char **format, struct arguments *arguments)
{
	if (**format != '*') {
		return parse_number(format);
	}
	(*format)++;
	int value = va_arg(arguments->list, int);
	if (value < 0) {
		return 0;
	}
	return (unsigned)value > MAX_FIELD ? MAX_FIELD : (size_t)value;
}

static char parse_length(const char **format)
{
	char length = **format;
	if (length != 'h' && length != 'l' && length != 'z') {
		return 0;
	}
	(*format)++;
	if (length != 'z' && **format == length) {
		(*format)++;
		return length == 'h' ? 'H' : 'L';
	}
	return length;
}

static struct conversion parse_conversion(const char **format, struct arguments *arguments)
{
	struct conversion c = {0};
	while (**format == '-' || **format == '0') {
		c.left = c.left || **format == '-';
		c.zero = c.zero || **format == '0';
		(*format)++;
	}
	c.width = parse_field(format, arguments);
	if (**format == '.') {
		(*format)++;
		c.has_precision = true;
		c.precision = parse_field(format, arguments);
	}
	c.length = parse_length(format);
	c.type = **format;
	if (c.type != '\0') {
		(*format)++;
	}
	return c;
}

static u64 take_unsigned(const struct conversion *c, struct arguments *arguments)
{
	switch (c->length) {
	case 'H':
		return (unsigned char)va_arg(arguments->list, unsigned);
	case 'h':
		return (unsigned short)va_arg(arguments->list, unsigned);
	case 'l':
		return va_arg(arguments->list, unsigned long);
	case 'L':
		return va_arg(arguments->list, unsigned long long);
	case 'z':
		return va_arg(arguments->list, size_t);
	default:
		return va_arg(arguments->list, unsigned);
	}
}

static s64 take_signed(const struct conversion *c, struct arguments *arguments)
{
	switch (c->length) {
	case 'H':
		return (signed char)va_arg(arguments->list, int);
	case 'h':
		return (short)va_arg(arguments->list, int);
	case 'l':
		return va_arg(arguments->list, long);
	case 'L':
		return va_arg(arguments->list, long long);
	case 'z':
		return (s64)va_arg(arguments->list, size_t);
	default:
		return va_arg(arguments->list, int);
	}
}

static struct digits make_digits(u64 value, unsigned base, bool capitals)
{
	const char *names = capitals ? "0123456789ABCDEF" : "0123456789abcdef";
	struct digits d = {0};
	do {
		d.n++;
		d.text[sizeof(d.text) - d.n] = names[value % base];
		value /= base;
	} while (value != 0);
	return d;
}

/* prefix, then zeros, then digits, padded to the width */
static void put_number(struct text *t, const struct conversion *c, const char *prefix, const struct digits *d)
{
	size_t prefix_length = 0;
	while (prefix[prefix_length] != '\0') {
		prefix_length++;
	}
	size_t used = prefix_length + d->n;
	size_t pad = c->width > used ? c->width - used : 0;
	if (!c->left && !c->zero) {
		put_many(t, ' ', pad);
	}
	for (size_t i = 0; i < prefix_length; i++) {
		put(t, prefix[i]);
	}
	if (!c->left && c->zero) {
		put_many(t, '0', pad);
	}
	for (size_t i = sizeof(d->text) - d->n; i < sizeof(d->text); i++) {
		put(t, d->text[i]);
	}
	if (c->left) {
		put_many(t, ' ', pad);
	}
}

static void put_string(struct text *t, const struct conversion *c, const char *s, size_t n)
{
	size_t pad = c->width > n ? c->width - n : 0;
	if (!c->left) {
		put_many(t, ' ', pad);
	}
	for (size_t i = 0; i < n; i++) {
		put(t, s[i]);
	}
	if (c->left) {
		put_many(t, ' ', pad);
	}
}

static size_t string_length(const struct conversion *c, const char *s)
{
	size_t n = 0;
	while ((!c->has_precision || n < c->precision) && s[n] != '\0') {
		n++;
	}
	return n;
}

static void put_signed(struct text *t, const struct conversion *c, s64 value)
{
	u64 magnitude = value < 0 ? 0 - (u64)value : (u64)value;
	struct digits d = make_digits(magnitude, 10, false);
	put_number(t, c, value < 0 ? "-" : "", &d);
}

static void put_unsigned(struct text *t, const struct conversion *c, u64 value)
{
	struct digits d = make_digits(value, c->type == 'u' ? 10 : 16, c->type == 'X');
	put_number(t, c, c->type == 'p' ? "0x" : "", &d);
}

static void put_text_argument(struct text *t, const struct conversion *c, struct arguments *arguments)
{
	const char *s = va_arg(arguments->list, const char *);
	if (s == NULL) {
		s = "(null)";
	}
	put_string(t, c, s, string_length(c, s));
}

static void put_conversion(struct text *t, const struct conversion *c, struct arguments *arguments)
{
	char character;
	switch (c->type) {
	case 'd':
		put_signed(t, c, take_signed(c, arguments));
		return;
	case 'u':
	case 'x':
	case 'X':
		put_unsigned(t, c, take_unsigned(c, arguments));
		return;
	case 'p':
		put_unsigned(t, c, (u64)(uintptr_t)va_arg(arguments->list, void *));
		return;
	case 's':
		put_text_argument(t, c, arguments);
		return;
	case 'c':
		character = (char)va_arg(arguments->list, int);
		put_string(t, c, &character, 1);
		return;
	case '\0':
		return;
	default: /* %% and what nobody promised: shown as it stands */
		put(t, c->type);
	}
}

void text_vformat(struct text *t, const char *format, va_list arguments)
{
	struct arguments own;
	va_copy(own.list, arguments);
	while (*format != '\0') {
		if (*format != '%') {
			put(t, *format++);
			continue;
		}
		format++;
		struct conversion c = parse_conversion(&format, &own);
		put_conversion(t, &c, &own);
	}
	va_end(own.list);
}

void text_format(struct text *t, const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	text_vformat(t, format, arguments);
	va_end(arguments);
}
