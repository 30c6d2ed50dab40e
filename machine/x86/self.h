/* SPDX-License-Identifier: MIT */
/* Which CPU we run on. By itself, because tests on the host are on one that they say. */
#pragma once

/* The first word of the structure that GS points to. */
static inline void *gs_self(void)
{
	void *self;
	__asm__("movq %%gs:0, %0" : "=r"(self));
	return self;
}
