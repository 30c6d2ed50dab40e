/* SPDX-License-Identifier: MIT */
/* Control registers and the instructions that only the machine's processor code uses. */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

#define CR0_PE (1ULL << 0)
#define CR0_PG (1ULL << 31)
#define CR4_PSE (1ULL << 4)
#define CR4_PAE (1ULL << 5)
#define CR4_PGE (1ULL << 7)
#define CR4_OSFXSR (1ULL << 9)
#define CR4_OSXMMEXCPT (1ULL << 10)
#define CR4_OSXSAVE (1ULL << 18)
#define CR4_LA57 (1ULL << 12)
#define CR4_SMEP (1ULL << 20)
#define CR4_SMAP (1ULL << 21)

#define MSR_EFER 0xC0000080U
#define MSR_FS_BASE 0xC0000100U
#define MSR_GS_BASE 0xC0000101U
#define MSR_TSC_AUX 0xC0000103U
#define MSR_PAT 0x277U
#define MSR_VM_CR 0xC0010114U
#define MSR_VM_HSAVE_PA 0xC0010117U

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

static inline u64 cr2_read(void)
{
	u64 value;
	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	return value;
}

static inline u64 cr3_read(void)
{
	u64 value;
	__asm__ volatile("mov %%cr3, %0" : "=r"(value));
	return value;
}

static inline void cr3_write(u64 value)
{
	__asm__ volatile("mov %0, %%cr3" : : "r"(value) : "memory");
}

/* Operand of LGDT and LIDT. */
struct table_pointer {
	u16 limit;
	u64 base;
} packed;

static inline void gdt_load(const struct table_pointer *pointer)
{
	__asm__ volatile("lgdt %0" : : "m"(*pointer) : "memory");
}

static inline void idt_load(const struct table_pointer *pointer)
{
	__asm__ volatile("lidt %0" : : "m"(*pointer) : "memory");
}

static inline void data_segments_load(u32 selector)
{
	__asm__ volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%ss" : : "r"(selector) : "memory");
}

static inline void task_register_load(u16 selector)
{
	__asm__ volatile("ltr %0" : : "r"(selector) : "memory");
}

/* Takes the interrupts that wait at the local APIC, then goes on with interrupts off. */
static inline void interrupts_window(void)
{
	__asm__ volatile("sti; nop; cli" : : : "memory", "cc");
}

static inline void interrupts_off(void)
{
	__asm__ volatile("cli" : : : "memory", "cc");
}

static inline void vmsave(u64 vmcb)
{
	__asm__ volatile("vmsave %%rax" : : "a"(vmcb) : "memory");
}

static inline void fpu_save(void *image)
{
	__asm__ volatile("fxsave64 (%0)" : : "r"(image) : "memory");
}

static inline void fpu_load(const void *image)
{
	__asm__ volatile("fxrstor64 (%0)" : : "r"(image) : "memory");
}

static inline void extended_save(void *image, u64 components)
{
	__asm__ volatile("xsave64 (%0)" : : "r"(image), "a"((u32)components), "d"((u32)(components >> 32)) : "memory");
}

static inline void extended_load(const void *image, u64 components)
{
	__asm__ volatile("xrstor64 (%0)" : : "r"(image), "a"((u32)components), "d"((u32)(components >> 32)) : "memory");
}

static inline u64 xcr0_read(void)
{
	u32 low, high;
	__asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
	return (u64)high << 32 | low;
}

static inline void xcr0_write(u64 value)
{
	__asm__ volatile("xsetbv" : : "c"(0), "a"((u32)value), "d"((u32)(value >> 32)) : "memory");
}

/* DR0 to DR3, of whoever runs. */
static inline void debug_addresses_read(u64 dr[4])
{
	__asm__ volatile("mov %%db0, %0" : "=r"(dr[0]));
	__asm__ volatile("mov %%db1, %0" : "=r"(dr[1]));
	__asm__ volatile("mov %%db2, %0" : "=r"(dr[2]));
	__asm__ volatile("mov %%db3, %0" : "=r"(dr[3]));
}

static inline void debug_addresses_write(const u64 dr[4])
{
	__asm__ volatile("mov %0, %%db0" : : "r"(dr[0]));
	__asm__ volatile("mov %0, %%db1" : : "r"(dr[1]));
	__asm__ volatile("mov %0, %%db2" : : "r"(dr[2]));
	__asm__ volatile("mov %0, %%db3" : : "r"(dr[3]));
}
