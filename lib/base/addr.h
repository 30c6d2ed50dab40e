/* SPDX-License-Identifier: MIT */
/* Addresses as types: guest-physical, system-physical, virtual. They do not mix by accident. */
#pragma once

#include <copra/types.h>

typedef struct {
	u64 raw;
} gpa_t; /* guest-physical, without the C-bit */

typedef struct {
	u64 raw;
} spa_t; /* system-physical: the machine's own view of memory */

typedef struct {
	u64 raw;
} va_t; /* virtual, of the program itself */

enum page_size {
	PAGE_4K = 0,
	PAGE_2M = 1,
};

static inline u64 page_bytes(enum page_size size)
{
	return size == PAGE_2M ? LARGE_PAGE_SIZE : PAGE_SIZE;
}

static inline gpa_t gpa(u64 raw)
{
	return (gpa_t){raw};
}

static inline gpa_t gpa_page(gpa_t a)
{
	return (gpa_t){a.raw & ~(u64)(PAGE_SIZE - 1)};
}

static inline spa_t spa(u64 raw)
{
	return (spa_t){raw};
}

static inline va_t va(u64 raw)
{
	return (va_t){raw};
}
