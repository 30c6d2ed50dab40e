/* SPDX-License-Identifier: MIT */
#include "cpu/probe.h"

#include "base/compiler.h"

extern u64 probe_cmpxchg16b(u64 memory[2]);

bool probe_cmpxchg16b_works(void)
{
	static u64 memory[2] aligned_to(16);
	return !rflags_damaged(probe_cmpxchg16b(memory));
}
