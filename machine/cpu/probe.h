/* SPDX-License-Identifier: MIT */
/* Faults of the processor under us that guests must be kept away from. */
#pragma once

#include <copra/types.h>

/* RFLAGS as the processor never has them: a reserved bit is set or bit 1 is clear. */
static inline bool rflags_damaged(u64 rflags)
{
	return (rflags & ~0x3F7FD7ULL) != 0 || (rflags & 2) == 0;
}

/*
 * False when CMPXCHG16B damages RFLAGS, as in QEMU 7.2: an interrupt right behind it would save and restore nonsense. The
 * instruction is then not offered to guests.
 */
bool probe_cmpxchg16b_works(void);
