/* SPDX-License-Identifier: MIT */
/* Wrappers of one instruction each, AMD64 APM volume 3. With platform/snp/instructions.h the only assembly in C files. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"
#include "cpu/descriptors.h"

#define MSR_EFER 0xC0000080U
#define MSR_FS_BASE 0xC0000100U

#define CR0_WP (1ULL << 16)
#define CR4_OSFXSR (1ULL << 9)
#define CR4_OSXMMEXCPT (1ULL << 10)
#define CR4_UMIP (1ULL << 11)
#define CR4_OSXSAVE (1ULL << 18)
#define CR4_SMEP (1ULL << 20)
#define CR4_SMAP (1ULL << 21)
#define CR4_PGE (1ULL << 7)

static inline u64 msr_read(u32 msr)
{
	u32 low;
	u32 high;
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(msr) : "memory");
	return (u64)high << 32 | low;
}

static inline void msr_write(u32 msr, u64 value)
{
	__asm__ volatile("wrmsr" : : "c"(msr), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

static inline u64 cr2_read(void)
{
	u64 value;
	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

static inline void cr3_write(u64 value)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

static inline u64 cr4_read(void)
{
	u64 value;
	__asm__ volatile("mov %%cr4, %0" : "=r"(value));
	return value;
}

static inline void cr4_write(u64 value)
{
	__asm__ volatile("mov %0, %%cr4" : : "r"(value) : "memory");
}

static inline void page_invalidate(const void *address)
{
	__asm__ volatile("invlpg (%0)" : : "r"(address) : "memory");
}

static inline void gdt_load(const struct descriptor_pointer *pointer)
{
	__asm__ volatile("lgdt %0" : : "m"(*pointer));
}

static inline void idt_load(const struct descriptor_pointer *pointer)
{
	__asm__ volatile("lidt %0" : : "m"(*pointer));
}

/* 0: no local descriptor table. */
static inline void local_table_load(u16 selector)
{
	__asm__ volatile("lldt %0" : : "r"(selector));
}

static inline void task_register_load(u16 selector)
{
	__asm__ volatile("ltr %0" : : "r"(selector));
}

/* False when the processor has none to give. */
static inline bool random_u64(u64 *value)
{
	bool there;
	__asm__ volatile("rdrand %0" : "=r"(*value), "=@ccc"(there));
	return there;
}

/* False when the processor has none ready. */
static inline bool random_seed_u64(u64 *value)
{
	bool there;
	__asm__ volatile("rdseed %0" : "=r"(*value), "=@ccc"(there));
	return there;
}

static inline u64 timestamp_read(void)
{
	u32 low;
	u32 high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (u64)high << 32 | low;
}

/* area: 512 bytes, 16-byte aligned */
static inline void fxsave(void *area)
{
	__asm__ volatile("fxsave64 (%0)" : : "r"(area) : "memory");
}

static inline void fxrstor(const void *area)
{
	__asm__ volatile("fxrstor64 (%0)" : : "r"(area) : "memory");
}

/* area: as long as the mask needs, 64-byte aligned */
static inline void xsave(void *area, u64 mask)
{
	__asm__ volatile("xsave64 (%0)" : : "r"(area), "a"((u32)mask), "d"((u32)(mask >> 32)) : "memory");
}

static inline void xrstor(const void *area, u64 mask)
{
	__asm__ volatile("xrstor64 (%0)" : : "r"(area), "a"((u32)mask), "d"((u32)(mask >> 32)) : "memory");
}

static inline void xcr0_write(u64 value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"((u32)value), "d"((u32)(value >> 32)));
}

static inline void halt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}

static inline void cpu_relax(void)
{
	__asm__ volatile("pause" : : : "memory");
}

static inline u64 frame_pointer(void)
{
	u64 value;
	__asm__ volatile("mov %%rbp, %0" : "=r"(value));
	return value;
}

/* The first field of struct cpu (cpu/per_cpu.h) is its own address. */
static inline void *gs_self(void)
{
	void *self;
	__asm__ volatile("movq %%gs:0, %0" : "=r"(self));
	return self;
}

static inline void bytes_zero(void *start, u64 bytes)
{
	u64 words = bytes / sizeof(u64);
	__asm__ volatile("rep stosq" : "+D"(start), "+c"(words) : "a"(0ULL) : "memory");
}
