/* SPDX-License-Identifier: MIT */
/* The instructions that SEV-SNP adds, APM volume 3 (24594). As bytes where assemblers in use do not know the name. */
#pragma once

#include <copra/types.h>

static inline void vmgexit(void)
{
	__asm__ volatile("rep; vmmcall" : : : "memory");
}

/* address: linear, of a private mapping of that size. Result: EAX; *unchanged: the carry flag, meaningless on failure. */
static inline u32 pvalidate(const void *address, u32 size, u32 validate, bool *unchanged)
{
	u64 result = (u64)address;
	__asm__ volatile(".byte 0xF2, 0x0F, 0x01, 0xFF"
			 : "+a"(result), "=@ccc"(*unchanged)
			 : "c"((u64)size), "d"((u64)validate)
			 : "memory");
	return (u32)result;
}

/* attributes: target VMPL, permission mask and VMSA bit (copra/sev.h). Result: EAX. */
static inline u32 rmpadjust(const void *address, u32 size, u64 attributes)
{
	u64 result = (u64)address;
	__asm__ volatile(".byte 0xF3, 0x0F, 0x01, 0xFE"
			 : "+a"(result)
			 : "c"((u64)size), "d"(attributes)
			 : "memory", "cc");
	return (u32)result;
}

/* All translations of this guest's ASID on all processors, global ones too (RAX bit 3); EDX = 0: the own ASID. */
static inline void invlpgb_all(void)
{
	__asm__ volatile(".byte 0x0F, 0x01, 0xFE" : : "a"(8ULL), "c"(0), "d"(0) : "memory");
}

/* Waits until the processors have done what INVLPGB asked. */
static inline void tlbsync(void)
{
	__asm__ volatile(".byte 0x0F, 0x01, 0xFF" : : : "memory");
}
