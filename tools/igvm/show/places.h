/* SPDX-License-Identifier: MIT */
/* Where headers put memory, and lists of headers that are no larger than the headers themselves. */
#pragma once

#include "igvm/igvm.h"

/* Memory that a header gives the guest */
struct memory {
	u64 gpa;
	u64 size;
	const char *kind;
};

/* False for headers that give none. */
bool memory_of_header(const struct igvm_file *file, const struct igvm_header *header, struct memory *out);

/* One header of a list: 16 bytes, as many as the smallest header has. */
struct place {
	u64 key; /* an address or index */
	u32 offset;
	u32 index;
};

struct places {
	const struct igvm_file *file;
	struct place *all; /* room for every header of the file; free() it */
	u32 count;
};

struct places places_begin(const struct igvm_file *file);
void places_add(struct places *places, const struct igvm_header *header, u64 key);

/* By key, then in file order */
void places_sort(struct places *places);
/* By type, key, then in file order */
void places_sort_by_type(struct places *places);

/* The header at number i of the list */
void places_get(const struct places *places, u32 i, struct igvm_header *header);
