/* SPDX-License-Identifier: MIT */
#pragma once

#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "base/span.h"

/* Records that the code under test has traced. */
extern u32 trace_records;

static inline struct span span_of_text(const char *text)
{
	return span_of(text, strlen(text));
}
