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
	bool help;
};

/* STATUS_OK or, after a message, STATUS_USAGE */
int measure_options_read(int count, char **words, struct measure_options *options);
