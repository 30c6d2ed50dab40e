/* SPDX-License-Identifier: MIT */
/* Results of the self-tests on the console, in the Test Anything Protocol. */
#pragma once

#include "base/compiler.h"
#include "base/err.h"

/* One line: "ok N - what", or "not ok N - what". */
void tap_check(bool good, const char *what);
/* What a test needs before it can look: a line only when it went wrong. */
void tap_require(enum err error, const char *what);
/* A line for people: "# ...". */
void tap_note(const char *format, ...) printf_like(1, 2);
/* The last lines: how many there were, and of them how many failed. True when all were good. */
bool tap_finish(void);
