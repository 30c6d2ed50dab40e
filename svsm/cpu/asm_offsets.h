/* SPDX-License-Identifier: MIT */
/* Numbers that assembly needs of C structures; cpu/per_cpu.c asserts each of them. */
#pragma once

/* struct boot_layout (copra/boot.h) */
#define LAYOUT_OFFSET_MAGIC 0x00
#define LAYOUT_OFFSET_VERSION 0x08
#define LAYOUT_OFFSET_BASE 0x10
#define LAYOUT_OFFSET_PAGE_TABLES 0x30
#define LAYOUT_OFFSET_PAGE_TABLE_PAGES 0x38
#define LAYOUT_OFFSET_CPUID 0x58
#define LAYOUT_MAGIC_LOW 0x52504F43
#define LAYOUT_MAGIC_HIGH 0x00313056

/* struct cpu (cpu/per_cpu.h); the compiler is told the guard's offset in meson.build */
#define CPU_OFFSET_SELF 0x00
#define CPU_OFFSET_TRAP_DEPTH 0x10
#define CPU_OFFSET_USER_STATE 0x18
#define CPU_OFFSET_USER_STACK 0x20
#define CPU_OFFSET_STACK_GUARD 0x28
#define CPU_OFFSET_TSS_STACK0 0x6C

/* Stacks of the boot CPU: a guard page below each */
#define STACK_MAIN_SIZE 0x4000
#define STACK_TRAP_SIZE 0x1000

#define MSR_GS_BASE 0xC0000101

/* Selectors of every GDT */
#define SELECTOR_CODE 0x08
#define SELECTOR_DATA 0x10
#define SELECTOR_TSS 0x18
#define SELECTOR_USER_DATA 0x2B
#define SELECTOR_USER_CODE 0x33
