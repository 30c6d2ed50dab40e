/* SPDX-License-Identifier: MIT */
/* cmocka, with the headers that it wants before itself. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/err.h"

/* Compares errors by name, so that a failure can be read. */
#define assert_err(actual, expected) assert_string_equal(err_name(actual), err_name(expected))

struct test_group {
	const struct CMUnitTest *tests;
	size_t count;
};
