/* SPDX-License-Identifier: MIT */
/* What `igvm measure` was asked for. */
#pragma once

#include "igvm/measure.h"

struct measure_options {
	const char *path;
	u8 platform; /* IGVM_PLATFORM_* */
	enum igvm_zero_pages zero_pages;
	u32 cpus; /* 0: the contexts of the file */
	u32 cpu_signature;
	bool json;
};

/* False when the command ends here, with *status: after --help or a message. */
bool measure_options_read(int count, char **words, struct measure_options *options, int *status);
