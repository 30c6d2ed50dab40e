/* SPDX-License-Identifier: MIT */
/*
 * Test results as TAP on the console. One test: tap_begin, any number of tap_expect, tap_end with its name. tap_end also makes
 * a good call, because whatever a test did, the SVSM must go on serving.
 */
#pragma once

#include <copra/types.h>

void tap_begin(void);
/* Notes a difference for the running test; `what` names the thing compared. */
void tap_expect(const char *what, u64 got, u64 wanted);
/* For results on which the specification leaves a choice. */
void tap_expect_either(const char *what, u64 got, u64 wanted, u64 or_wanted);
/* Prints the result; the name is the two texts one after the other, the second may be empty. */
void tap_end(const char *group, const char *name);
void tap_skip(const char *group, const char *name, const char *why);
/* Prints the plan. */
void tap_finish(void);
