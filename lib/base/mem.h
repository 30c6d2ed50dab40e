/* SPDX-License-Identifier: MIT */
/*
 * The four memory functions that compilers call by themselves. Host programs get the C library's; freestanding programs
 * link lib/base/mem.c.
 */
#pragma once

#include <copra/types.h>

void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
void *memset(void *to, int value, size_t n);
int memcmp(const void *a, const void *b, size_t n);
