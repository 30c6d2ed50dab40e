/* SPDX-License-Identifier: MIT */
/* Random numbers of the processor: RDRAND, with RDSEED mixed in where there is one. */
#pragma once

#include <copra/types.h>

/*
 * Never fails and never gives less: when the processor stops delivering, or delivers the same value twice in a row, the SVSM ends with
 * TERMINATE_RANDOM. That is also its answer to the processors whose RDRAND returns all ones after a suspend.
 */
u64 random_take(void);
/* Fills n bytes. */
void random_fill(void *to, size_t n);
