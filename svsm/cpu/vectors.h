/* SPDX-License-Identifier: MIT */
/*
 * The x87, SSE and AVX registers. The kernel does not use them, so they hold what the ring-3 program has that ran last; XSAVE where the
 * CPUID table offers it, else FXSAVE, and then ring 3 is not told of AVX (task/user_cpuid.h).
 */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

/* Bits of XCR0, and sizes in XSAVE's standard format (APM volume 2, section 11.5.7): AVX lies behind the legacy area and the header. */
#define VECTORS_X87_SSE 0x3ULL
#define VECTORS_AVX 0x4ULL
#define VECTORS_X87_SSE_SIZE 576U
#define VECTORS_AVX_SIZE 256U
#define VECTORS_SIZE (VECTORS_X87_SSE_SIZE + VECTORS_AVX_SIZE)
#define VECTORS_AVX_SUBLEAF 2U

struct aligned_to(64) vectors
{
	u8 bytes[VECTORS_SIZE];
};

/* On the boot CPU, whose CR4 the others inherit. */
void vectors_init(void);
/* XCR0 while ring 3 runs; 0: there is no XSAVE. */
u64 vectors_xcr0(void);

/* As a new program finds them (System V ABI for x86-64, section 3.4.1). */
void vectors_reset(struct vectors *area);
void vectors_load(const struct vectors *area);
void vectors_save(struct vectors *area);
