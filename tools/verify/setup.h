/* SPDX-License-Identifier: MIT */
/* Demands, trust and inputs out of files and options. Errors are reported here. */
#pragma once

#include "verify/evidence.h"
#include "verify/options.h"

/* False after a message; *status then says whether it was the use. */
bool setup_demands(const struct verify_options *options, struct demands *demands, int *status);
bool setup_trust(const struct verify_options *options, struct trust *trust, int *status);

/* At most room bytes of a file. NULL, or what went wrong. */
const char *setup_read(const char *path, u8 *bytes, size_t room, size_t *n);
