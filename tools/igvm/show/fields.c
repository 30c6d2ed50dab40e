/* SPDX-License-Identifier: MIT */
#include "show/fields.h"

#include <stdio.h>

void field_hex(const struct fields *f, const char *name, u64 value)
{
	printf(f->json ? ", \"%s\": \"0x%llx\"" : " %s=0x%llx", name, (unsigned long long)value);
}

void field_number(const struct fields *f, const char *name, u64 value)
{
	printf(f->json ? ", \"%s\": %llu" : " %s=%llu", name, (unsigned long long)value);
}

void field_text(const struct fields *f, const char *name, const char *text)
{
	printf(f->json ? ", \"%s\": \"%s\"" : " %s=%s", name, text);
}

void field_bytes(const struct fields *f, const char *name, struct span bytes)
{
	printf(f->json ? ", \"%s\": \"" : " %s=", name);
	for (size_t i = 0; i < bytes.n; i++) {
		printf("%02x", bytes.p[i]);
	}
	fputs(f->json ? "\"" : "", stdout);
}

void field_flag(const struct fields *f, const char *name, bool set)
{
	if (f->json) {
		printf(", \"%s\": %s", name, set ? "true" : "false");
	} else if (set) {
		printf(" %s", name);
	}
}
