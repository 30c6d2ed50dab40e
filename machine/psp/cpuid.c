/* SPDX-License-Identifier: MIT */
#include "psp/cpuid.h"

#include <copra/sev.h>

#include "base/compiler.h"
#include "base/mem.h"
#include "cpu/fpu.h"
#include "cpu/probe.h"
#include "mm/memory.h"
#include "options.h"

#define LEAF_XSAVE 0xDU
#define LEAF_EXTENDED 0x80000000U
#define LEAF_HYPERVISOR 0x40000000U

/* Leaf 1 */
#define ECX1_FMA (1U << 12)
#define ECX1_CMPXCHG16B (1U << 13)
#define ECX1_MONITOR (1U << 3)
#define ECX1_VMX (1U << 5)
#define ECX1_X2APIC (1U << 21)
#define ECX1_TSC_DEADLINE (1U << 24)
#define ECX1_XSAVE (1U << 26)
#define ECX1_OSXSAVE (1U << 27)
#define ECX1_AVX (1U << 28)
#define ECX1_F16C (1U << 29)
#define ECX1_HYPERVISOR (1U << 31)

/* Leaf 7: what needs state that a VMSA of this machine does not hold, or AVX */
#define EBX7_AVX2 (1U << 5)
#define EBX7_AVX512 0xDC230000U /* F, DQ, IFMA, PF, ER, CD, BW, VL */
#define ECX7_AVX512 0x00005842U /* VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ */
#define ECX7_VEX 0x00000600U    /* VAES, VPCLMULQDQ */
#define ECX7_PKU 0x00000018U
#define ECX7_SHADOW_STACK (1U << 7)
#define ECX7_LA57 (1U << 16)
#define EDX7_HIDDEN 0xFFF8010CU /* AVX-512 and AMX, CET, arch LBR, speculation MSRs */

/* Leaf 0x80000001 ECX: SVM, IBS, XOP, SKINIT, watchdog, LWP, FMA4, performance counters, MWAITX */
#define ECX_EXTENDED_HIDDEN 0x3980B404U
#define ECX_EXTENDED_XOP 0x00010800U

#define EDX_INVARIANT_TSC (1U << 8)
#define EBX_8_KEPT 0x00000205U /* CLZERO, XSAVE error pointers, WBNOINVD */
#define EBX_8_INVLPGB (1U << 3)
#define EDX_8_INVLPGB_PAGES 7U
#define LINEAR_BITS_MAX 48U

/* KVM documentation, cpuid: signature "KVMKVMKVM", features */
#define KVM_FEATURES_LEAF 0x40000001U
#define KVM_FEATURE_CLOCKSOURCE2 (1U << 3)
#define KVM_FEATURE_CLOCKSOURCE_STABLE (1U << 24)

#define XCR0_AVX 0x4U
#define XSAVE_LEGACY_SIZE 576U
#define XSAVE_AVX_SIZE 832U

static bool xsave_offered(void)
{
	return fpu_has_xsave();
}

static void leaf_0(struct cpuid_result *r)
{
	u32 limit = xsave_offered() ? LEAF_XSAVE : LEAF_XSAVE - 1;
	r->eax = r->eax < limit ? r->eax : limit;
}

static void leaf_1(struct cpuid_result *r)
{
	r->ecx |= ECX1_X2APIC | ECX1_TSC_DEADLINE | ECX1_HYPERVISOR;
	r->ecx &= ~(ECX1_MONITOR | ECX1_VMX | ECX1_OSXSAVE);
	if (!probe_cmpxchg16b_works()) {
		r->ecx &= ~ECX1_CMPXCHG16B;
	}
	if (!xsave_offered()) {
		r->ecx &= ~(ECX1_FMA | ECX1_XSAVE | ECX1_AVX | ECX1_F16C);
	}
}

static void leaf_7(struct cpuid_result *r, u32 subleaf)
{
	if (subleaf != 0) {
		*r = (struct cpuid_result){0};
		return;
	}
	r->eax = 0;
	r->ebx &= ~EBX7_AVX512;
	r->ecx &= ~(ECX7_AVX512 | ECX7_PKU | ECX7_SHADOW_STACK | ECX7_LA57);
	r->edx &= ~EDX7_HIDDEN;
	if (!xsave_offered()) {
		r->ebx &= ~EBX7_AVX2;
		r->ecx &= ~ECX7_VEX;
	}
}

/* x87, SSE and AVX state only. The size in EBX follows the caller's XCR0. */
static void leaf_xsave(struct cpuid_result *r, u32 subleaf, u64 xcr0)
{
	if (!xsave_offered() || subleaf > 2) {
		*r = (struct cpuid_result){0};
		return;
	}
	u32 size = (xcr0 & XCR0_AVX) != 0 ? XSAVE_AVX_SIZE : XSAVE_LEGACY_SIZE;
	if (subleaf == 0) {
		*r = (struct cpuid_result){.eax = r->eax & 7, .ebx = size, .ecx = XSAVE_AVX_SIZE};
	} else if (subleaf == 1) {
		*r = (struct cpuid_result){.eax = r->eax & 0x7, .ebx = size};
	}
}

static void leaf_hypervisor(struct cpuid_result *r, u32 leaf)
{
	*r = (struct cpuid_result){0};
	if (leaf == LEAF_HYPERVISOR) {
		*r = (struct cpuid_result){.eax = KVM_FEATURES_LEAF, .ebx = 0x4B4D564B, .ecx = 0x564B4D56, .edx = 0x4D};
	} else if (leaf == KVM_FEATURES_LEAF) {
		r->eax = KVM_FEATURE_CLOCKSOURCE2 | KVM_FEATURE_CLOCKSOURCE_STABLE;
	}
}

bool cpuid_has_invlpgb(void)
{
	return (options_get()->withheld_features & OPTIONS_WITHHELD_INVLPGB) == 0;
}

static void leaf_address_sizes(struct cpuid_result *r)
{
	u32 linear = r->eax >> 8 & 0xFF;
	linear = linear < LINEAR_BITS_MAX ? linear : LINEAR_BITS_MAX;
	r->eax = (r->eax & 0xFF) | linear << 8;
	r->ebx &= EBX_8_KEPT;
	r->edx = 0;
	if (cpuid_has_invlpgb()) {
		r->ebx |= EBX_8_INVLPGB;
		r->edx = EDX_8_INVLPGB_PAGES;
	}
}

static void leaf_sev(struct cpuid_result *r)
{
	r->eax = CPUID_SEV_EAX_SEV | CPUID_SEV_EAX_SEV_ES | CPUID_SEV_EAX_SNP | CPUID_SEV_EAX_VMPL |
		 CPUID_SEV_EAX_RMPQUERY | CPUID_SEV_EAX_HW_COHERENCY | CPUID_SEV_EAX_RESTRICTED_INJECTION |
		 CPUID_SEV_EAX_DEBUG_SWAP;
	r->ebx = memory_cbit() | VMPL_COUNT << CPUID_SEV_EBX_VMPLS_SHIFT | CPUID_SEV_EBX_COHERENCY_SFW_NO;
	r->ecx = 1;
	r->edx = 0;
}

static void leaf_extended(struct cpuid_result *r, u32 leaf)
{
	switch (leaf) {
	case LEAF_EXTENDED:
		r->eax = CPUID_SEV;
		break;
	case 0x80000001U:
		r->ecx &= ~ECX_EXTENDED_HIDDEN;
		r->ecx &= xsave_offered() ? ~0U : ~ECX_EXTENDED_XOP;
		break;
	case 0x80000007U:
		*r = (struct cpuid_result){.edx = EDX_INVARIANT_TSC};
		break;
	case 0x80000008U:
		leaf_address_sizes(r);
		break;
	case 0x8000000AU: /* SVM */
	case 0x8000001BU: /* IBS */
	case 0x8000001CU: /* LWP */
		*r = (struct cpuid_result){0};
		break;
	case CPUID_SEV:
		leaf_sev(r);
		break;
	default:
		break;
	}
}

static void leaf_basic(struct cpuid_result *r, u32 leaf, u32 subleaf, u64 xcr0)
{
	switch (leaf) {
	case 0:
		leaf_0(r);
		break;
	case 1:
		leaf_1(r);
		break;
	case 5: /* MONITOR */
	case 9:
	case 0xA: /* performance counters */
	case 0xC:
		*r = (struct cpuid_result){0};
		break;
	case 6:
		*r = (struct cpuid_result){.eax = 1U << 2}; /* the APIC timer always runs */
		break;
	case 7:
		leaf_7(r, subleaf);
		break;
	case LEAF_XSAVE:
		leaf_xsave(r, subleaf, xcr0);
		break;
	default:
		break;
	}
}

struct cpuid_result cpuid_guest(u32 leaf, u32 subleaf, u64 xcr0)
{
	struct cpuid_result r = cpuid_read(leaf, subleaf);
	if (leaf >> 28 == LEAF_HYPERVISOR >> 28) {
		leaf_hypervisor(&r, leaf);
	} else if (leaf < LEAF_EXTENDED && leaf <= LEAF_XSAVE) {
		leaf_basic(&r, leaf, subleaf, xcr0);
	} else if (leaf >= LEAF_EXTENDED && leaf <= CPUID_SEV) {
		leaf_extended(&r, leaf);
	} else {
		r = (struct cpuid_result){0};
	}
	return r;
}

/* The leaves of the page: first leaf, last leaf, number of subleaves of each. */
struct leaf_range {
	u32 first, last, subleaves;
};

static const struct leaf_range page_leaves[] = {
	{0, 3, 1},
	{4, 4, 4},
	{5, 6, 1},
	{7, 7, 1},
	{0xB, 0xB, 2},
	{LEAF_XSAVE, LEAF_XSAVE, 3},
	{LEAF_HYPERVISOR, KVM_FEATURES_LEAF, 1},
	{LEAF_EXTENDED, 0x80000008U, 1},
	{0x80000019U, 0x8000001AU, 1},
	{0x8000001DU, 0x8000001DU, 4},
	{0x8000001EU, CPUID_SEV, 1},
};

static void page_add(struct cpuid_page *page, u32 leaf, u32 subleaf)
{
	if (leaf == LEAF_XSAVE && !xsave_offered()) {
		return;
	}
	struct cpuid_result r = cpuid_guest(leaf, subleaf, 0);
	struct cpuid_entry *entry = &page->entries[page->count++];
	*entry = (struct cpuid_entry){
		.eax_in = leaf, .ecx_in = subleaf, .eax = r.eax, .ebx = r.ebx, .ecx = r.ecx, .edx = r.edx};
	if (leaf == LEAF_XSAVE && subleaf < 2) {
		entry->xcr0_in = 1; /* guests take only entries made for the least XCR0 */
	}
}

void cpuid_page_fill(struct cpuid_page *page)
{
	memset(page, 0, sizeof(*page));
	for (size_t i = 0; i < ARRAY_SIZE(page_leaves); i++) {
		const struct leaf_range *range = &page_leaves[i];
		u32 leaves = range->last - range->first + 1;
		for (u32 n = 0; n < leaves * range->subleaves; n++) {
			page_add(page, range->first + n / range->subleaves, n % range->subleaves);
		}
	}
}
