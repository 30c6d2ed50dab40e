/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/compiler.h"
#include "base/err.h"
#include "igvm/igvm.h"

/*
 * Traces load-error with the header's place in the file (NULL: the file as a whole) and the reason; returns the error it
 * was given.
 */
err_t load_refuse(enum err error, const struct igvm_header *header, const char *reason, ...) printf_like(3, 4);
