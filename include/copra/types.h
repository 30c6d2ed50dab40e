/* SPDX-License-Identifier: MIT */
/* Fixed-width names used by every layout in this folder. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int32_t s32;
typedef int64_t s64;

/* States the offset of a field and the size of a type where a specification fixes them. */
#define LAYOUT_AT(type, field, offset) \
	_Static_assert(offsetof(type, field) == (offset), #type "." #field " is misplaced")
#define LAYOUT_SIZE(type, size) _Static_assert(sizeof(type) == (size), #type " has the wrong size")

#define PAGE_SHIFT 12U
#define PAGE_SIZE 4096U
#define LARGE_PAGE_SHIFT 21U
#define LARGE_PAGE_SIZE 0x200000U
