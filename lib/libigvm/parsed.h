/* SPDX-License-Identifier: MIT */
/* A file that was checked, with an index: a header's place takes one look. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct parsed;

struct parsed_bytes {
	const uint8_t *p;
	size_t n;
};

#define PARSED_NO_MEMORY (-8) /* IGVMAPI_TOTAL_FILE_SIZE_TOO_LARGE */

/* Checks and copies. 0, a negative IgvmResult, or PARSED_NO_MEMORY. No allocation is larger than the file. */
int32_t parsed_make(const uint8_t *data, uint32_t size, struct parsed **out);
void parsed_free(struct parsed *parsed);

/* Headers of section 0 to 2 */
uint32_t parsed_count(const struct parsed *parsed, uint32_t section);

/* index is below parsed_count. */
uint32_t parsed_type(const struct parsed *parsed, uint32_t section, uint32_t index);

/* The header as the C API shows it: padded with zeros, file_offset 0. Lives as long as the file. */
struct parsed_bytes parsed_header(const struct parsed *parsed, uint32_t section, uint32_t index);

/* Its data; false when it has none. */
bool parsed_data(const struct parsed *parsed, uint32_t section, uint32_t index, struct parsed_bytes *data);
