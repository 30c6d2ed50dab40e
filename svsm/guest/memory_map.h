/* SPDX-License-Identifier: MIT */
/*
 * What memory the guest has: the host's unmeasured IGVM memory map, checked, and what the SVSM knows better. Ranges are sorted,
 * 4 KiB aligned, do not overlap, and neighbours of one kind are one range.
 */
#pragma once

#include "base/addr.h"
#include "base/span.h"

enum memory_kind {
	MEMORY_RAM = 1, /* the guest's, named by the host */
	MEMORY_FIRMWARE, /* the guest's, loaded or reserved by the measured image, not in the host's map (firmware below 4 GiB) */
	MEMORY_SVSM, /* the SVSM's own; the guest is never told of it and never gets it */
};

struct memory_range {
	u64 start;
	u64 size; /* bytes, not 0; start + size does not wrap */
	enum memory_kind kind;
};

#define MEMORY_MAP_MAX_RANGES 64U
/* 4-level nested paging and the C-bit's position leave guests fewer bits than this; nothing above is memory. */
#define MEMORY_MAP_LIMIT (1ULL << 51)

struct memory_map {
	u32 count;
	struct memory_range ranges[MEMORY_MAP_MAX_RANGES];
};

/* Why a host's map was refused, and which entry of it. */
struct memory_map_error {
	const char *what; /* static text */
	u32 entry;
};

/*
 * Reads a host's map: 24-byte entries, ended by one of no pages or by the end of the bytes. Only entries of type RAM without flags
 * count, the others are checked and left out. The caller has copied the bytes to where the host cannot change them. ERR_INPUT (not in
 * order, overlapping), ERR_RANGE (wraps or above the limit), ERR_TRUNCATED (partial entry), ERR_NO_MEMORY (too many
 * ranges), ERR_NOT_FOUND (no RAM at all). *error (may be NULL) says why. *map is only written on success.
 */
err_t memory_map_parse(struct span bytes, struct memory_map *map, struct memory_map_error *error);

/*
 * ERR_RANGE when a range ends above `limit`, for which the C-bit's value is the right number: above it, addresses would name the
 * pages below a second time.
 */
err_t memory_map_check_limit(const struct memory_map *map, u64 limit);

/*
 * Makes [start, start + size) the SVSM's: taken from RAM where they overlap. 4 KiB aligned.
 * ERR_INPUT (alignment, size 0), ERR_RANGE, ERR_NO_MEMORY (too many ranges).
 */
err_t memory_map_reserve(struct memory_map *map, u64 start, u64 size);

/*
 * Adds a range of the measured image: parts of it that are in no range become MEMORY_FIRMWARE, parts that are RAM stay RAM.
 * ERR_STATE when a part is the SVSM's; otherwise as memory_map_reserve.
 */
err_t memory_map_include(struct memory_map *map, u64 start, u64 size);

/*
 * Takes `size` bytes (4 KiB multiple) off the top of the highest RAM range that has them, at an address aligned to
 * `alignment` (a power of two, at least 4 KiB), as the SVSM's. What lies above for alignment's sake stays RAM. Nothing of the
 * ranges in `kept` (any order and kind, NULL for none) is taken: pages that the launch has validated must not be so again.
 * ERR_NO_MEMORY when no range is large enough, ERR_INPUT.
 */
err_t memory_map_carve(struct memory_map *map, const struct memory_map *kept, u64 size, u64 alignment, gpa_t *start);

/* True when all of [start, start + size) lies in the guest's ranges (RAM or firmware). False when it wraps or is empty. */
bool memory_map_is_guest(const struct memory_map *map, u64 start, u64 size);

/* Bytes of all ranges of that kind. */
u64 memory_map_bytes(const struct memory_map *map, enum memory_kind kind);

/*
 * Walks the ranges of one kind in ascending order. Start with *index = 0; false at the end. The range stays valid while the
 * map does not change.
 */
bool memory_map_next(const struct memory_map *map, enum memory_kind kind, u32 *index, struct memory_range *range);
