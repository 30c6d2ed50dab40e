/* SPDX-License-Identifier: MIT */
#pragma once

#include "igvm/igvm.h"

extern const struct igvm_hash test_hash;

/* Compares a digest with its hexadecimal form. */
void assert_digest(const u8 digest[LAUNCH_DIGEST_SIZE], const char *expected);
