/* SPDX-License-Identifier: MIT */
/* A map from handles to things; a lookup takes the same time whatever their number. Not locked: the owner does that. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct handle_entry {
	int32_t handle; /* 0: free */
	const void *thing;
	uint32_t size;
};

/* Zeros are an empty map. It shrinks as it grew, so it is never much larger than what it holds. */
struct handle_map {
	struct handle_entry *entries;
	size_t capacity; /* a power of two, or 0 */
	size_t count;
};

/* A number that no call before has returned (until 2^31 - 1 are used up). */
int32_t handle_new(void);

/* False when memory runs out; the handle is not yet in the map. */
bool handle_put(struct handle_map *map, struct handle_entry entry);

/* NULL when it is not there; good until the map is changed. */
const struct handle_entry *handle_find(const struct handle_map *map, int32_t handle);

void handle_remove(struct handle_map *map, int32_t handle);

void handle_free_all(struct handle_map *map);
