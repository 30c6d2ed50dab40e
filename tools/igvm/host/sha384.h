/* SPDX-License-Identifier: MIT */
/* Apart from hash.c because libcrypto's headers use names that lib/base has as well. */
#pragma once

#include <copra/types.h>

#define SHA384_SIZE 48U

/* False when libcrypto refuses. */
bool sha384_compute(const u8 *bytes, size_t n, u8 digest[SHA384_SIZE]);
