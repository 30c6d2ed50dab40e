/* SPDX-License-Identifier: MIT */
/* Stands in for machine/mm/own_memory.h: physical memory is an array of the test's. */
#pragma once

#include <copra/types.h>

extern u8 model_memory[];

static inline void *own_pointer(u64 physical)
{
	return model_memory + physical;
}
