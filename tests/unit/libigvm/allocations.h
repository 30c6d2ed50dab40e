/* SPDX-License-Identifier: MIT */
/* The C API, used from a source that knows its headers and not those of lib/igvm, whose names are the same. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Opens the file, asks for every header and its data, and frees all. False when it is refused. */
int api_use(const uint8_t *bytes, size_t n);

/* Opens and frees `times` files, with buffers that nobody gives back. */
void api_churn(const uint8_t *bytes, size_t n, unsigned times);
