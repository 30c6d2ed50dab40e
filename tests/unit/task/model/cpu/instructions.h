/* SPDX-License-Identifier: MIT */
/* Stands in for svsm/cpu/instructions.h: the instructions that task/ executes, as calls into task_model.c. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "task/task_model.h"

#define MSR_FS_BASE 0xC0000100U
#define CR4_OSFXSR (1ULL << 9)
#define CR4_OSXMMEXCPT (1ULL << 10)
#define CR4_OSXSAVE (1ULL << 18)

static inline void msr_write(u32 msr, u64 value)
{
	model.fs_base = msr == MSR_FS_BASE ? value : model.fs_base;
}

static inline void cr3_write(u64 value)
{
	model.root = value;
	model.root_writes++;
}

static inline u64 cr2_read(void)
{
	return 0;
}

static inline u64 cr4_read(void)
{
	return model.cr4;
}

static inline void cr4_write(u64 value)
{
	model.cr4 = value;
}

static inline u64 timestamp_read(void)
{
	return model.timestamp;
}

static inline void bytes_zero(void *start, u64 bytes)
{
	memset(start, 0, bytes);
}

static inline bool random_u64(u64 *value)
{
	return model_random(value);
}

static inline bool random_seed_u64(u64 *value)
{
	return model_random(value);
}

static inline void cpu_relax(void)
{
}

static inline void fxsave(void *area)
{
	model_vectors(area, MODEL_FXSAVE);
}

static inline void fxrstor(const void *area)
{
	model_vectors(area, MODEL_FXRSTOR);
}

static inline void xsave(void *area, u64 mask)
{
	model_vectors(area, MODEL_XSAVE | (u32)mask);
}

static inline void xrstor(const void *area, u64 mask)
{
	model_vectors(area, MODEL_XRSTOR | (u32)mask);
}

static inline void xcr0_write(u64 value)
{
	model.xcr0 = value;
}
