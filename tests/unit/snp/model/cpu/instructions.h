/* SPDX-License-Identifier: MIT */
/* Stands in for svsm/cpu/instructions.h: the instructions that platform/snp executes, as calls into host_model.c. */
#pragma once

#include <string.h>

#include <copra/types.h>

#include "base/compiler.h"
#include "snp/host_model.h"

static inline u64 msr_read(u32 msr)
{
	return model_msr_read(msr);
}

static inline void msr_write(u32 msr, u64 value)
{
	model_msr_write(msr, value);
}

#define CR4_PGE (1ULL << 7)

static inline u64 cr4_read(void)
{
	return model.cr4;
}

static inline void cr4_write(u64 value)
{
	model.own_flushes += (value ^ model.cr4) & CR4_PGE ? 1 : 0;
	model.cr4 = value;
}

static inline void cpu_relax(void)
{
	model_relax();
}

static inline void cr3_write(u64 value)
{
	(void)value;
}

static inline void page_invalidate(const void *address)
{
	(void)address;
}

static inline void halt(void)
{
	model_halt();
}

static inline void *gs_self(void)
{
	return model_cpu();
}

static inline void bytes_zero(void *start, u64 bytes)
{
	memset(start, 0, bytes);
}
