/* SPDX-License-Identifier: MIT */
#include "measure/reset.h"

/* AMD64 APM volume 2 (24593), table 14-1, with what KVM sets in a VMSA: SVME, MCE, and CR0.ET alone of the cache bits. */
void reset_vmsa(struct vmsa *vmsa, u32 signature, u64 sev_features)
{
	const struct vmsa_segment data = {.attributes = 0x93, .limit = 0xFFFF};
	const struct vmsa_segment table = {.limit = 0xFFFF};
	*vmsa = (struct vmsa){
		.es = data,
		.cs = {0xF000, 0x9B, 0xFFFF, 0xFFFF0000},
		.ss = data,
		.ds = data,
		.fs = data,
		.gs = data,
		.gdtr = table,
		.idtr = table,
		.ldtr = {0, 0x82, 0xFFFF, 0},
		.tr = {0, 0x8B, 0xFFFF, 0},
		.efer = EFER_SVME,
		.cr0 = 0x10,
		.cr4 = 0x40,
		.dr6 = 0xFFFF0FF0,
		.dr7 = 0x400,
		.rflags = 2,
		.rip = 0xFFF0,
		.rdx = signature,
		.pat = 0x0007040600070406,
		.xcr0 = 1,
		.mxcsr = 0x1F80,
		.x87_fcw = 0x37F,
		.sev_features = sev_features,
	};
}
