/* SPDX-License-Identifier: MIT */
/* What `igvm check` has to say, one finding a line, or a JSON array. */
#pragma once

#include "igvm/igvm.h"

struct findings {
	const char *path;
	bool json;
	u32 errors;
	u32 warnings;
};

/* header: where; NULL for the file as a whole. */
void finding_error(struct findings *f, const struct igvm_header *header, const char *format, ...) printf_like(3, 4);
void finding_warning(struct findings *f, const struct igvm_header *header, const char *format, ...) printf_like(3, 4);

/* Why the file could not even be opened */
void finding_refusal(struct findings *f, const struct igvm_error *why);

/* Closes the array, or sums up. */
void findings_end(const struct findings *f);
