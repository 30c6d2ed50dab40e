/* SPDX-License-Identifier: MIT */
/*
 * CPUID as this platform's guests get it: the processor's own, less what the machine does not keep per guest, plus what
 * SEV-SNP and a KVM-like host add (docs/machine.md). The CPUID page and the GHCB answer from the same function.
 */
#pragma once

#include <copra/psp.h>

#include "x86/instructions.h"

struct cpuid_result cpuid_guest(u32 leaf, u32 subleaf, u64 xcr0);

/* INVLPGB and TLBSYNC, unless they are withheld. */
bool cpuid_has_invlpgb(void);

/* Fills the page that the PSP hands to the guest. Firmware ABI (56860), section 8.14.2.6. */
void cpuid_page_fill(struct cpuid_page *page);
