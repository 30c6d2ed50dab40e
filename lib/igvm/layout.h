/* SPDX-License-Identifier: MIT */
/* What the sources of this folder share: the shape of each header type, and reading of its first fields. */
#pragma once

#include "igvm/igvm.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structs are copied as they lie in the file");

#define IGVM_NO_MASK UINT32_MAX
#define IGVM_MAX_PARAMETER_AREAS 64U
#define IGVM_MAX_RELOCATION_REGIONS 32U
#define IGVM_MAX_AREA_BYTES 0x1000000ULL /* 16 MiB: no parameter is near it, and nobody is made to walk more */
#define IGVM_GPA_END (1ULL << 52)        /* an x86-64 physical address has 52 bits at the most */

/* How a header type is laid out. */
struct igvm_shape {
	u32 type;
	u32 length;  /* of the content */
	u32 mask_at; /* offset of its compatibility mask, IGVM_NO_MASK for none */
};

/* NULL for a type that the format does not know. */
const struct igvm_shape *igvm_shape_of(u32 type);

/* Which section a type belongs to; false for a type outside of all three. */
bool igvm_section_of(u32 type, u32 *section);

/* The compatibility mask of a header whose length was checked; all ones for types that have none. */
u32 igvm_mask_of(const struct igvm_header *header);

/* Size of a parameter area; 0 when there is none of that index. */
u64 igvm_area_bytes(const struct igvm_file *file, u32 index);
