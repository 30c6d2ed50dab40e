/* SPDX-License-Identifier: MIT */
#include "cpu/vmsa_reset.h"

#define RFLAGS_RESERVED_ONE 2ULL
#define DR6_RESET 0xFFFF0FF0ULL
#define DR7_RESET 0x400ULL
#define PAT_RESET 0x0007040600070406ULL
#define XCR0_X87 1ULL
#define MXCSR_RESET 0x1F80U
#define X87_FTW_RESET 0x5555U
#define X87_FCW_RESET 0x0040U

struct vmsa_segment vmsa_segment_of(u16 selector, u16 attributes, u32 limit, u64 base)
{
	return (struct vmsa_segment){.selector = selector, .attributes = attributes, .limit = limit, .base = base};
}

void vmsa_reset_fill(struct vmsa *vmsa)
{
	vmsa->gdtr = vmsa_segment_of(0, 0, 0xFFFF, 0);
	vmsa->idtr = vmsa_segment_of(0, 0, 0xFFFF, 0);
	vmsa->ldtr = vmsa_segment_of(0, 0x82, 0xFFFF, 0);
	vmsa->tr = vmsa_segment_of(0, 0x8B, 0xFFFF, 0);
	vmsa->rflags = RFLAGS_RESERVED_ONE;
	vmsa->dr6 = DR6_RESET;
	vmsa->dr7 = DR7_RESET;
	vmsa->pat = PAT_RESET;
	vmsa->xcr0 = XCR0_X87;
	vmsa->mxcsr = MXCSR_RESET;
	vmsa->x87_ftw = X87_FTW_RESET;
	vmsa->x87_fcw = X87_FCW_RESET;
}

void vmsa_data_segments_fill(struct vmsa *vmsa, struct vmsa_segment data)
{
	vmsa->ds = data;
	vmsa->es = data;
	vmsa->fs = data;
	vmsa->gs = data;
	vmsa->ss = data;
}
