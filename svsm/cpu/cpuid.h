/* SPDX-License-Identifier: MIT */
/* The CPUID table. On SEV-SNP the PSP checked it, and it is the only source: the instruction would ask the host. */
#pragma once

#include <copra/psp.h>

#include "base/err.h"

#define CPUID_LEAF_XSAVE 0xDU
#define CPUID_1_ECX_XSAVE (1U << 26)
#define CPUID_1_ECX_AVX (1U << 28)

struct cpuid_result {
	u32 eax, ebx, ecx, edx;
};

/*
 * Copies and checks the page: count 1 to 64, reserved fields zero, then the features that every kernel needs (RDRAND,
 * NX). ERR_INPUT, ERR_UNSUPPORTED when a needed feature is missing.
 */
err_t cpuid_load(const struct cpuid_page *page);

/* The entry of that leaf; the sub-leaf counts only where a leaf has several. All zero when there is none. */
struct cpuid_result cpuid_find(u32 leaf, u32 subleaf);

/* The kernel's own copy of the page. */
const struct cpuid_page *cpuid_table(void);
