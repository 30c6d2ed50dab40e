/* SPDX-License-Identifier: MIT */
#pragma once

#include <copra/types.h>

/* SHA-512 of two pieces, one after the other. */
void digest_sha512(const u8 *first, size_t n, const u8 *second, size_t m, u8 digest[64]);
