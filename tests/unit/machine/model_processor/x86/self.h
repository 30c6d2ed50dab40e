/* SPDX-License-Identifier: MIT */
/* Stands in for machine/x86/self.h: the test says which CPU runs. */
#pragma once

extern void *model_self;

static inline void *gs_self(void)
{
	return model_self;
}
