/* SPDX-License-Identifier: MIT */
#include "cpu/vectors.h"

#include "base/mem.h"
#include "cpu/cpuid.h"
#include "cpu/instructions.h"

/* FXSAVE area (APM volume 2, figure 11-9) */
#define FCW_OFFSET 0U
#define MXCSR_OFFSET 24U
#define FCW_DEFAULT 0x37FU
#define MXCSR_DEFAULT 0x1F80U

static u64 xcr0;

/* The standard format has the AVX registers behind the header; a processor with them elsewhere is given SSE only. */
static bool avx_is_offered(void)
{
	struct cpuid_result avx = cpuid_find(CPUID_LEAF_XSAVE, VECTORS_AVX_SUBLEAF);
	return (cpuid_find(1, 0).ecx & CPUID_1_ECX_AVX) != 0 &&
	       (cpuid_find(CPUID_LEAF_XSAVE, 0).eax & VECTORS_AVX) != 0 && avx.eax == VECTORS_AVX_SIZE &&
	       avx.ebx == VECTORS_X87_SSE_SIZE;
}

void vectors_init(void)
{
	u64 cr4 = CR4_OSFXSR | CR4_OSXMMEXCPT;
	bool offered = (cpuid_find(1, 0).ecx & CPUID_1_ECX_XSAVE) != 0 &&
		       (cpuid_find(CPUID_LEAF_XSAVE, 0).eax & VECTORS_X87_SSE) == VECTORS_X87_SSE;
	if (offered) {
		cr4 |= CR4_OSXSAVE;
		xcr0 = VECTORS_X87_SSE | (avx_is_offered() ? VECTORS_AVX : 0);
	}
	cr4_write(cr4_read() | cr4);
}

u64 vectors_xcr0(void)
{
	return xcr0;
}

void vectors_reset(struct vectors *area)
{
	static const u16 fcw = FCW_DEFAULT;
	static const u32 mxcsr = MXCSR_DEFAULT;
	memset(area, 0, sizeof(*area));
	memcpy(area->bytes + FCW_OFFSET, &fcw, sizeof(fcw));
	memcpy(area->bytes + MXCSR_OFFSET, &mxcsr, sizeof(mxcsr));
}

void vectors_load(const struct vectors *area)
{
	if (xcr0 == 0) {
		fxrstor(area);
		return;
	}
	/* Each CPU has an XCR0 of its own, and nobody else sets it. */
	xcr0_write(xcr0);
	xrstor(area, xcr0);
}

void vectors_save(struct vectors *area)
{
	if (xcr0 == 0) {
		fxsave(area);
	} else {
		xsave(area, xcr0);
	}
}
