/* SPDX-License-Identifier: MIT */
/* The digest of one platform. */
#pragma once

#include "measure/options.h"

struct measure_digest {
	u8 bytes[LAUNCH_DIGEST_SIZE];
	size_t size; /* 32 or 48 */
};

/* False after a message: the file is not for that platform, or cannot be measured. */
bool measure_file(const struct igvm_file *file, const struct measure_options *options, struct measure_digest *digest);
