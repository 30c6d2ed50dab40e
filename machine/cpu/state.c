/* SPDX-License-Identifier: MIT */
#include "cpu/state.h"

#include "base/mem.h"
#include "cpu/fpu.h"
#include "cpu/probe.h"
#include "mm/own_memory.h"
#include "x86/control.h"

/* Intercepts by exit code from 0x60 on: bit (code - 0x60) of the three words. */
#define INTERCEPT(code) (1U << (((code)-0x60U) & 31))
#define EXIT_VMLOAD 0x82U
#define EXIT_VMSAVE 0x83U
#define EXIT_STGI 0x84U
#define EXIT_CLGI 0x85U
#define EXIT_SKINIT 0x86U
#define MSR_MAP_PAGES 2U
#define IO_MAP_PAGES 3U
#define VECTOR_UD 6U
#define LEAF_7_SMEP (1U << 7)
#define LEAF_7_SMAP (1U << 20)
#define GUEST_ASID 1U
#define RFLAGS_ONE (1ULL << 1)
#define RFLAGS_KEPT 0xED5ULL /* CF, PF, AF, ZF, SF, IF, DF, OF */

static u8 *msr_map;
static u8 *io_map;

/* MSR permission map: two bits each, reads and writes; clear means no exit. APM volume 2, section 15.11. */
static void msr_pass(u32 msr)
{
	u32 number = msr >= 0xC0000000U ? 0x2000 + (msr - 0xC0000000U) : msr;
	msr_map[number / 4] &= (u8) ~(3U << (number % 4 * 2));
}

/* Registers that a guest changes without anybody's help, and that no context shares with another. */
static void maps_fill(void)
{
	static const u32 passed[] = {
		0xC0000080, 0xC0000081, 0xC0000082, 0xC0000083, 0xC0000084, /* EFER, STAR, LSTAR, CSTAR, SFMASK */
		0xC0000100, 0xC0000101, 0xC0000102,                         /* FS, GS, KERNEL_GS base */
		0x174,      0x175,      0x176,                              /* SYSENTER */
	};
	memset(msr_map, 0xFF, MSR_MAP_PAGES * (size_t)PAGE_SIZE);
	memset(io_map, 0xFF, IO_MAP_PAGES * (size_t)PAGE_SIZE);
	for (u32 i = 0; i < ARRAY_SIZE(passed); i++) {
		msr_pass(passed[i]);
	}
}

/* Of the bits that follow the guest, those that the processor has: a VMSA may hold any. */
static u64 cr4_followers(void)
{
	u64 bits = CR4_PSE | CR4_PGE;
	if (cpuid_read(0, 0).eax >= 7) {
		u32 features = cpuid_read(7, 0).ebx;
		bits |= (features & LEAF_7_SMEP) != 0 ? CR4_SMEP : 0;
		bits |= (features & LEAF_7_SMAP) != 0 ? CR4_SMAP : 0;
	}
	return bits;
}

enum err state_setup(struct cpu *cpu)
{
	if (msr_map == NULL) {
		msr_map = memory_own_pages(MSR_MAP_PAGES);
		io_map = memory_own_pages(IO_MAP_PAGES);
		if (msr_map == NULL || io_map == NULL) {
			return ERR_NO_MEMORY;
		}
		maps_fill();
	}
	cpu->cr4 = cr4_read();
	cpu->cr4_follows = cr4_followers();
	struct vmcb *vmcb = cpu->vmcb;
	vmcb->intercept_exceptions = 1U << VECTOR_UD;
	vmcb->intercepts[0] = INTERCEPT(SVM_EXIT_INTR) | INTERCEPT(SVM_EXIT_NMI) | INTERCEPT(SVM_EXIT_CPUID) |
			      INTERCEPT(SVM_EXIT_HLT) | INTERCEPT(SVM_EXIT_IOIO) | INTERCEPT(SVM_EXIT_MSR) |
			      INTERCEPT(SVM_EXIT_SHUTDOWN);
	vmcb->intercepts[1] = INTERCEPT(SVM_EXIT_VMRUN) | INTERCEPT(SVM_EXIT_VMMCALL) | INTERCEPT(EXIT_VMLOAD) |
			      INTERCEPT(EXIT_VMSAVE) | INTERCEPT(EXIT_STGI) | INTERCEPT(EXIT_CLGI) |
			      INTERCEPT(EXIT_SKINIT);
	vmcb->iopm_base = memory_own_physical(io_map);
	vmcb->msrpm_base = memory_own_physical(msr_map);
	vmcb->asid = GUEST_ASID;
	vmcb->nested_control = VMCB_NESTED_PAGING;
	return ERR_OK;
}

/*
 * The parts of the save area that VMSA and VMCB have in common, at the same offsets. They are copied twice an exit, so the compiler is
 * to write the moves out: under emulation a loop or a call costs more than they do.
 */
#define VMCB_SAVE 0x400U

static inline void words_copy(u64 *to, const u64 *from, u32 n)
{
#pragma GCC unroll 20
	for (u32 i = 0; i < n; i++) {
		to[i] = from[i];
	}
}

static inline void part_copy(u8 *to, const u8 *from, size_t start, u32 words)
{
	words_copy((u64 *)(void *)(to + start), (const u64 *)(const void *)(from + start), words);
}

static inline void parts_copy(u8 *to, const u8 *from)
{
	part_copy(to, from, offsetof(struct vmsa, es), 10 * sizeof(struct vmsa_segment) / sizeof(u64));
	part_copy(to, from, offsetof(struct vmsa, cr4), 7);
	part_copy(to, from, offsetof(struct vmsa, rsp), 1);
	part_copy(to, from, offsetof(struct vmsa, rax), 10);
}

static u64 *vmcb_efer(const struct cpu *cpu)
{
	return (u64 *)(void *)((u8 *)cpu->vmcb + VMCB_SAVE + offsetof(struct vmsa, efer));
}

/* SVME is the lock of the VMSA: whoever clears it from another CPU wins, and the guest itself cannot. */
static void efer_store(struct vmsa *vmsa, u64 value)
{
	u64 old = __atomic_load_n(&vmsa->efer, __ATOMIC_RELAXED);
	u64 new;
	do {
		new = (value & ~EFER_SVME) | (old & EFER_SVME);
	} while (!__atomic_compare_exchange_n(&vmsa->efer, &old, new, false, __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

void state_load(struct cpu *cpu, const struct vmsa *vmsa)
{
	u8 *save = (u8 *)cpu->vmcb + VMCB_SAVE;
	parts_copy(save, (const u8 *)vmsa);
	*vmcb_efer(cpu) = __atomic_load_n(&vmsa->efer, __ATOMIC_RELAXED);
	cpu->vmcb->cpl = vmsa->cpl;
	cpu->vmcb->pat = vmsa->pat;
	cpu->vmcb->dbgctl = 0;
}

/*
 * RFLAGS after an exit. Nonsense (cpu/probe.h) would be loaded as it is at the next entry, VM and NT included: what a sane program
 * has set is kept, the rest is cleared.
 */
static u64 rflags_repaired(u64 rflags)
{
	return rflags_damaged(rflags) ? (rflags & RFLAGS_KEPT) | RFLAGS_ONE : rflags;
}

void state_store(const struct cpu *cpu, struct vmsa *vmsa)
{
	const u8 *save = (const u8 *)cpu->vmcb + VMCB_SAVE;
	parts_copy((u8 *)vmsa, save);
	efer_store(vmsa, *vmcb_efer(cpu));
	vmsa->cpl = cpu->vmcb->cpl;
	vmsa->rflags = rflags_repaired(vmsa->rflags);
}

void state_own(struct cpu *cpu, struct vmsa *vmsa)
{
	if (cpu->fpu_owner == vmsa) {
		return;
	}
	if (cpu->fpu_owner != NULL) {
		fpu_to_vmsa(cpu->fpu_owner);
		debug_addresses_read(cpu->fpu_owner->dr);
	}
	if (vmsa != NULL) {
		fpu_from_vmsa(vmsa);
		debug_addresses_write(vmsa->dr);
	}
	cpu->fpu_owner = vmsa;
}

void state_follow_cr4(struct cpu *cpu, const struct vmsa *vmsa)
{
	if (((cpu->cr4 ^ vmsa->cr4) & cpu->cr4_follows) != 0) {
		cpu->cr4 = (cpu->cr4 & ~cpu->cr4_follows) | (vmsa->cr4 & cpu->cr4_follows);
		cr4_write(cpu->cr4);
	}
}

void state_load_tsc_aux(const struct vmsa *vmsa)
{
	msr_write(MSR_TSC_AUX, vmsa->tsc_aux);
}
