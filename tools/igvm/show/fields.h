/* SPDX-License-Identifier: MIT */
/* Named values of one header, on one line for people or as members of a JSON object. */
#pragma once

#include "base/span.h"

struct fields {
	bool json;
};

void field_hex(const struct fields *f, const char *name, u64 value);
void field_number(const struct fields *f, const char *name, u64 value);
/* text without characters that JSON would escape */
void field_text(const struct fields *f, const char *name, const char *text);
/* As hexadecimal digits */
void field_bytes(const struct fields *f, const char *name, struct span bytes);
void field_flag(const struct fields *f, const char *name, bool set);
