/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Makes magic, length and checksum right where the bytes have room for a fixed header, so that fuzzing gets behind them. */
void igvm_seal(uint8_t *bytes, size_t n);
