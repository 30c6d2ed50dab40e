/* SPDX-License-Identifier: MIT */
#include "task/user_cpuid.h"

#include "base/compiler.h"
#include "cpu/vectors.h"

/* Leaf 1. APM volume 3, appendix E.3.2 */
#define ECX1_MONITOR (1U << 3)
#define ECX1_X2APIC (1U << 21)
#define ECX1_TSC_DEADLINE (1U << 24)
#define ECX1_OSXSAVE (1U << 27)
#define ECX1_NEEDS_AVX ((1U << 12) | CPUID_1_ECX_AVX | (1U << 29)) /* FMA, AVX, F16C */
#define ECX1_HIDDEN (ECX1_MONITOR | ECX1_X2APIC | ECX1_TSC_DEADLINE | ECX1_OSXSAVE)

/* Leaf 7: what is left is named, for new bits mean new state as often as not. */
#define EBX7_KEPT ((1U << 3) | (1U << 8) | (1U << 9) | (1U << 18) | (1U << 19) | (1U << 23) | (1U << 24) | (1U << 29))
#define EBX7_NEEDS_AVX (1U << 5)
#define ECX7_KEPT (1U << 8)                     /* GFNI */
#define ECX7_NEEDS_AVX ((1U << 9) | (1U << 10)) /* VAES, VPCLMULQDQ */
#define EDX7_KEPT (1U << 4)                     /* fast short REP MOV */

/* Leaf 0x80000001: LAHF, LZCNT, SSE4A, misaligned SSE, PREFETCHW; XOP and FMA4 need AVX and are gone from processors. */
#define ECX_EXTENDED_KEPT 0x000001E1U
#define EDX_EXTENDED_HIDDEN (1U << 27) /* RDTSCP: may be intercepted */

static void leaf_1(struct cpuid_result *r, u64 xcr0)
{
	r->ecx &= ~ECX1_HIDDEN;
	r->ecx &= xcr0 == 0 ? ~(CPUID_1_ECX_XSAVE | ECX1_NEEDS_AVX) : UINT32_MAX;
	r->ecx &= (xcr0 & VECTORS_AVX) == 0 ? ~ECX1_NEEDS_AVX : UINT32_MAX;
	r->ecx |= xcr0 != 0 ? ECX1_OSXSAVE : 0;
}

static void leaf_7(struct cpuid_result *r, u64 xcr0)
{
	bool avx = (xcr0 & VECTORS_AVX) != 0;
	r->eax = 0;
	r->ebx &= EBX7_KEPT | (avx ? EBX7_NEEDS_AVX : 0);
	r->ecx &= ECX7_KEPT | (avx ? ECX7_NEEDS_AVX : 0);
	r->edx &= EDX7_KEPT;
}

/* The legacy area with its header, and the AVX registers behind it. */
static void leaf_xsave(struct cpuid_result *r, u32 subleaf, u64 xcr0)
{
	bool avx = (xcr0 & VECTORS_AVX) != 0;
	u32 size = avx ? VECTORS_SIZE : VECTORS_X87_SSE_SIZE;
	if (xcr0 != 0 && subleaf == 0) {
		*r = (struct cpuid_result){.eax = (u32)xcr0, .ebx = size, .ecx = size};
	} else if (xcr0 != 0 && subleaf == 1) {
		*r = (struct cpuid_result){.eax = r->eax & 0x7, .ebx = size}; /* not XSAVES */
	} else if (!avx || subleaf != VECTORS_AVX_SUBLEAF) {
		*r = (struct cpuid_result){0};
	}
}

/* Sizes of caches and buffers, names, widths of addresses: passed as they are. */
static bool leaf_is_harmless(u32 leaf)
{
	static const u32 harmless[] = {0x0,        0x2,        0x4,        0x80000000, 0x80000002, 0x80000003,
				       0x80000004, 0x80000005, 0x80000006, 0x80000008, 0x8000001D};
	for (size_t i = 0; i < ARRAY_SIZE(harmless); i++) {
		if (leaf == harmless[i]) {
			return true;
		}
	}
	return false;
}

struct cpuid_result user_cpuid(u32 leaf, u32 subleaf, u64 xcr0)
{
	struct cpuid_result r = cpuid_find(leaf, subleaf);
	switch (leaf) {
	case 1:
		leaf_1(&r, xcr0);
		break;
	case 7:
		leaf_7(&r, xcr0);
		break;
	case CPUID_LEAF_XSAVE:
		leaf_xsave(&r, subleaf, xcr0);
		break;
	case 0x80000001U:
		r.ecx &= ECX_EXTENDED_KEPT;
		r.edx &= ~EDX_EXTENDED_HIDDEN;
		break;
	default:
		r = leaf_is_harmless(leaf) ? r : (struct cpuid_result){0};
	}
	return r;
}
