/* SPDX-License-Identifier: MIT */
/* What was checked, what came of it, and what was not checked, in words. */
#pragma once

#include <copra/types.h>

#include <stdio.h>

#include "base/compiler.h"

enum check {
	CHECK_FORMAT,
	CHECK_ROOT,
	CHECK_CHAIN,
	CHECK_VALIDITY,
	CHECK_REVOCATION,
	CHECK_SIGNATURE,
	CHECK_CHIP,
	CHECK_TCB,
	CHECK_TCB_FLOOR,
	CHECK_POLICY,
	CHECK_DIGEST,
	CHECK_ID_KEY,
	CHECK_VMPL,
	CHECK_REPORT_DATA,
	CHECK_EK,
	CHECK_QUOTE,
	CHECK_QUOTE_KEY,
	CHECK_QUOTE_NONCE,
	CHECK_QUOTE_PCRS,
	CHECK_COUNT,
};

enum outcome {
	OUTCOME_NONE,
	OUTCOME_HOLDS,
	OUTCOME_FAILS,
	OUTCOME_SKIPPED,
};

#define VERDICT_TEXT 400U

struct verdict {
	enum outcome outcome[CHECK_COUNT];
	char text[CHECK_COUNT][VERDICT_TEXT];
};

/* The name of a check as --skip and --json have it. */
const char *check_name(enum check check);
/* False when there is none of that name. */
bool check_find(const char *name, size_t n, enum check *check);

/* Each check is noted once. The second returns false, for the end of a function that found something wrong. */
void verdict_holds(struct verdict *verdict, enum check check, const char *format, ...) printf_like(3, 4);
bool verdict_fails(struct verdict *verdict, enum check check, const char *format, ...) printf_like(3, 4);
void verdict_skips(struct verdict *verdict, enum check check, const char *format, ...) printf_like(3, 4);

/* Nothing failed. */
bool verdict_accepts(const struct verdict *verdict);
/* The first that failed; only when one did. */
enum check verdict_first_failure(const struct verdict *verdict);

void verdict_print(const struct verdict *verdict, FILE *out);
/* One line. name: of the evidence, NULL for none. */
void verdict_print_json(const struct verdict *verdict, const char *name, FILE *out);
