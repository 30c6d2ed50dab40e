/* SPDX-License-Identifier: MIT */
#include "guest/initial_vmsa.h"

#include "cpu/vmsa_reset.h"

#define CR0_RESET 0x60000010ULL     /* CD, NW, ET */
#define CR0_LONG_MODE 0x80010033ULL /* PG, WP, NE, ET, MP, PE */
#define CR4_PAE 0x20ULL

#define RESET_RIP 0xFFF0ULL
#define RESET_CS_BASE 0xFFFF0000ULL

/* Boot protocol: __BOOT_CS and __BOOT_DS */
#define LINUX_CS 0x10U
#define LINUX_DS 0x18U

static void firmware_fill(struct vmsa *vmsa)
{
	vmsa_data_segments_fill(vmsa, vmsa_segment_of(0, 0x93, 0xFFFF, 0));
	vmsa->cs = vmsa_segment_of(0xF000, 0x9B, 0xFFFF, RESET_CS_BASE);
	vmsa->rip = RESET_RIP;
	vmsa->cr0 = CR0_RESET;
	vmsa->efer = EFER_SVME;
}

static void long_mode_fill(struct vmsa *vmsa, const struct boot_guest *guest, u64 cbit)
{
	vmsa_data_segments_fill(vmsa, vmsa_segment_of(LINUX_DS, 0xC93, UINT32_MAX, 0));
	vmsa->cs = vmsa_segment_of(LINUX_CS, 0xA9B, UINT32_MAX, 0);
	vmsa->rip = guest->entry;
	vmsa->rsp = guest->stack;
	vmsa->cr0 = CR0_LONG_MODE;
	vmsa->cr3 = guest->page_tables | cbit;
	vmsa->cr4 = CR4_PAE;
	vmsa->efer = EFER_SVME | EFER_LME | EFER_LMA;
}

void initial_vmsa_fill(struct vmsa *vmsa, const struct boot_guest *guest, u64 cbit)
{
	vmsa_reset_fill(vmsa);
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
