/* SPDX-License-Identifier: MIT */
#pragma once

#include <copra/psp.h>

#include "base/span.h"

/* SHA-384 (FIPS 180-4) of the bytes, by BearSSL. */
void sha384(struct span data, u8 digest[LAUNCH_DIGEST_SIZE]);
