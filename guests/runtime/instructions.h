/* SPDX-License-Identifier: MIT */
/* The instructions that test programs need and C has no words for. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

static inline u64 read_msr(u32 index)
{
	u32 low, high;
	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(index) : "memory");
	return (u64)high << 32 | low;
}

static inline void write_msr(u32 index, u64 value)
{
	__asm__ volatile("wrmsr" : : "a"((u32)value), "d"((u32)(value >> 32)), "c"(index) : "memory");
}

/* VMGEXIT: to the host, with what the GHCB MSR and the GHCB say. */
static inline void vmgexit(void)
{
	__asm__ volatile("rep; vmmcall" : : : "memory");
}

/* Loads the root of the page tables and forgets every translation. */
static inline void write_cr3(u64 root)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(root) : "memory");
}

static inline u64 read_tsc(void)
{
	u32 low, high;
	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
	return (u64)high << 32 | low;
}

/* Word 0 of what GS points at. */
static inline void *gs_self(void)
{
	void *self;
	__asm__("mov %%gs:0, %0" : "=r"(self));
	return self;
}

struct table_pointer {
	u16 limit;
	u64 base;
} packed;

static inline struct table_pointer read_gdtr(void)
{
	struct table_pointer pointer;
	__asm__ volatile("sgdt %0" : "=m"(pointer));
	return pointer;
}

static inline struct table_pointer read_idtr(void)
{
	struct table_pointer pointer;
	__asm__ volatile("sidt %0" : "=m"(pointer));
	return pointer;
}

/* Nothing is left out, or moved across. */
static inline void compiler_barrier(void)
{
	__asm__ volatile("" : : : "memory");
}

static inline void cpu_pause(void)
{
	__asm__ volatile("pause" : : : "memory");
}

static inline void cpu_halt(void)
{
	__asm__ volatile("hlt" : : : "memory");
}
