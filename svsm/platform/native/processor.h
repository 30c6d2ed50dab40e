/* SPDX-License-Identifier: MIT */
/* The CPUID table of an ordinary processor, in the form in which the PSP gives it (copra/psp.h). */
#pragma once

#include <copra/psp.h>

/* Executes CPUID for every leaf that the processor says it has, and their sub-leaves, until the page is full. */
void processor_table_fill(struct cpuid_page *page);
/* From the table (cpu/cpuid.h): extended topology first, then leaf 1. */
u32 processor_apic_id(void);
