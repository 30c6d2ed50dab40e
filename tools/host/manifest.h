/* SPDX-License-Identifier: MIT */
/* A manifest: lines `name = value`, empty lines, and comments that start with #. */
#pragma once

#include "base/span.h"

struct manifest_line {
	struct span name;  /* lower-case letters and dashes */
	struct span value; /* to the end of the line, without blanks around it; not empty */
};

struct manifest {
	struct span rest;
	u32 line; /* number of the last one taken, from 1 */
};

/* The next `name = value`. ERR_NOT_FOUND at the end; ERR_INPUT for a line that is none, with m->line its number. */
err_t manifest_next(struct manifest *m, struct manifest_line *line);
