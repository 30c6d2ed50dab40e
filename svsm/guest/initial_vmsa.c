/* SPDX-License-Identifier: MIT */
#include "guest/initial_vmsa.h"

#define CR0_RESET 0x60000010ULL     /* CD, NW, ET */
#define CR0_LONG_MODE 0x80010033ULL /* PG, WP, NE, ET, MP, PE */
#define CR4_PAE 0x20ULL

#define RESET_RIP 0xFFF0ULL
#define RESET_CS_BASE 0xFFFF0000ULL
#define RFLAGS_RESERVED_ONE 2ULL
#define DR6_RESET 0xFFFF0FF0ULL
#define DR7_RESET 0x400ULL
#define PAT_RESET 0x0007040600070406ULL
#define XCR0_X87 1ULL
#define MXCSR_RESET 0x1F80U
#define X87_FTW_RESET 0x5555U
#define X87_FCW_RESET 0x0040U

/* Boot protocol: __BOOT_CS and __BOOT_DS */
#define LINUX_CS 0x10U
#define LINUX_DS 0x18U

static struct vmsa_segment segment(u16 selector, u16 attributes, u32 limit, u64 base)
{
	return (struct vmsa_segment){.selector = selector, .attributes = attributes, .limit = limit, .base = base};
}

/* What both starts have in common; table 14-1 for what nobody sets. */
static void reset_fill(struct vmsa *vmsa)
{
	vmsa->gdtr = segment(0, 0, 0xFFFF, 0);
	vmsa->idtr = segment(0, 0, 0xFFFF, 0);
	vmsa->ldtr = segment(0, 0x82, 0xFFFF, 0);
	vmsa->tr = segment(0, 0x8B, 0xFFFF, 0);
	vmsa->rflags = RFLAGS_RESERVED_ONE;
	vmsa->dr6 = DR6_RESET;
	vmsa->dr7 = DR7_RESET;
	vmsa->pat = PAT_RESET;
	vmsa->xcr0 = XCR0_X87;
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_ftw = X87_FTW_RESET;
	vmsa->x87_fcw = X87_FCW_RESET;
}

static void data_segments_fill(struct vmsa *vmsa, struct vmsa_segment data)
{
	vmsa->ds = data;
	vmsa->es = data;
	vmsa->fs = data;
	vmsa->gs = data;
	vmsa->ss = data;
}

static void firmware_fill(struct vmsa *vmsa)
{
	data_segments_fill(vmsa, segment(0, 0x93, 0xFFFF, 0));
	vmsa->cs = segment(0xF000, 0x9B, 0xFFFF, RESET_CS_BASE);
	vmsa->rip = RESET_RIP;
	vmsa->cr0 = CR0_RESET;
	vmsa->efer = EFER_SVME;
}

static void long_mode_fill(struct vmsa *vmsa, const struct boot_guest *guest, u64 cbit)
{
	data_segments_fill(vmsa, segment(LINUX_DS, 0xC93, UINT32_MAX, 0));
	vmsa->cs = segment(LINUX_CS, 0xA9B, UINT32_MAX, 0);
	vmsa->rip = guest->entry;
	vmsa->rsp = guest->stack;
	vmsa->cr0 = CR0_LONG_MODE;
	vmsa->cr3 = guest->page_tables | cbit;
	vmsa->cr4 = CR4_PAE;
	vmsa->efer = EFER_SVME | EFER_LME | EFER_LMA;
}

void initial_vmsa_fill(struct vmsa *vmsa, const struct boot_guest *guest, u64 cbit)
{
	reset_fill(vmsa);
	vmsa->vmpl = (u8)guest->vmpl;
	vmsa->sev_features = guest->sev_features;
	if (guest->kind == BOOT_GUEST_FIRMWARE) {
		firmware_fill(vmsa);
		return;
	}
	long_mode_fill(vmsa, guest, cbit);
	vmsa->rsi = guest->kind == BOOT_GUEST_LINUX ? guest->boot_params : 0;
	vmsa->rdi = guest->kind == BOOT_GUEST_PROGRAM ? guest->calling_area : 0;
}
