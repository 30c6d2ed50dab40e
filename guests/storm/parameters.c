/* SPDX-License-Identifier: MIT */
#include "firmware/places.h"
#include "runtime/memory.h"
#include "storm/storm.h"

struct storm_parameters storm_parameters(void)
{
	const volatile u64 *words = memory_at(FIRMWARE_PARAMETERS);
	return (struct storm_parameters){.seed = words[1], .seconds = words[2]};
}
