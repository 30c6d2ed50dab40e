/* SPDX-License-Identifier: MIT */
/* Seed and seconds of the random calls: COPRA_STORM_SEED, COPRA_STORM_SECONDS. */
#include "storm/storm.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define SECONDS 5U

static u64 number(const char *name, u64 otherwise)
{
	const char *text = getenv(name);
	return text != NULL ? strtoull(text, NULL, 0) : otherwise;
}

struct storm_parameters storm_parameters(void)
{
	static struct storm_parameters parameters;
	if (parameters.seed == 0) {
		parameters.seed = number("COPRA_STORM_SEED", (u64)time(NULL));
		parameters.seconds = number("COPRA_STORM_SECONDS", SECONDS);
	}
	return parameters;
}
