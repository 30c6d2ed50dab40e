/* SPDX-License-Identifier: MIT */
/* Parameter areas: pages that the host fills as the file asks, and inserts where it says. Unmeasured. */
#pragma once

#include "igvm/igvm.h"

#define PARAMETER_AREAS_MAX 32U

struct parameter_area {
	u32 index;
	u64 bytes;
	u8 *p;
	bool inserted;
};

struct parameters {
	u32 count;
	struct parameter_area areas[PARAMETER_AREAS_MAX];
};

/* All errors are traced. */

/* PARAMETER_AREA: a new area with its initial data. */
err_t parameter_declare(struct parameters *parameters, const struct igvm_file *file, const struct igvm_header *header);

/* One of the usage headers (VP_COUNT, MEMORY_MAP, ...): the host's data goes into the area, if all of it fits. */
err_t parameter_fill(struct parameters *parameters, const struct igvm_header *header);

/* The area of that index that has not been inserted; NULL when there is none. */
struct parameter_area *parameter_find(struct parameters *parameters, u32 index);
