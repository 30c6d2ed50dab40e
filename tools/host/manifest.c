/* SPDX-License-Identifier: MIT */
#include "host/manifest.h"

static bool is_blank(u8 c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span trim(struct span s)
{
	while (s.n > 0 && is_blank(s.p[0])) {
		s = span_of(s.p + 1, s.n - 1);
	}
	while (s.n > 0 && is_blank(s.p[s.n - 1])) {
		s.n--;
	}
	return s;
}

/* Up to the first c; what is behind it goes to *rest. The whole when there is none. */
static struct span cut(struct span s, u8 c, struct span *rest)
{
	size_t n = 0;
	while (n < s.n && s.p[n] != c) {
		n++;
	}
	*rest = n < s.n ? span_of(s.p + n + 1, s.n - n - 1) : span_of(s.p + n, 0);
	return span_of(s.p, n);
}

static bool is_name(struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		if ((s.p[i] < 'a' || s.p[i] > 'z') && s.p[i] != '-') {
			return false;
		}
	}
	return s.n > 0 && s.p[0] != '-';
}

static bool has_zero(struct span s)
{
	struct span rest;
	return cut(s, 0, &rest).n < s.n;
}

enum err manifest_next(struct manifest *m, struct manifest_line *line)
{
	while (m->rest.n > 0) {
		struct span value;
		struct span text = trim(cut(m->rest, '\n', &m->rest));
		m->line++;
		if (text.n == 0 || text.p[0] == '#') {
			continue;
		}
		line->name = trim(cut(text, '=', &value));
		line->value = trim(value);
		bool good = is_name(line->name) && line->value.n > 0 && !has_zero(line->value);
		return good ? ERR_OK : ERR_INPUT;
	}
	return ERR_NOT_FOUND;
}
