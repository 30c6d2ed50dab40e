/* SPDX-License-Identifier: MIT */
/* Calls to the SVSM, well-formed or not: registers in, registers out. SVSM (58019), chapters 4 to 6. */
#pragma once

#include <copra/svsm.h>

#include "runtime/cpu.h"

/* In the order in which svsm_vmgexit (entry.S) wants them. */
struct svsm_registers {
	u64 rax, rcx, rdx, rbx, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15;
};

enum svsm_outcome {
	SVSM_ANSWERED,    /* call_pending came back 0 */
	SVSM_PASSED_OVER, /* call_pending is still set: nobody handled the call */
	SVSM_HOST_ERROR,  /* the host would not run VMPL0 */
};

/* This CPU's calling area; its later calls use it until svsm_use. By MSR until told otherwise. */
void svsm_open(u64 calling_area);
void svsm_use(u64 calling_area);
void svsm_transport(enum svsm_transport transport);
u64 svsm_calling_area(void);

/* Runs VMPL0 with these registers; false when the host would not. */
bool svsm_enter(struct svsm_registers *registers);

/* Sets call_pending, calls, and takes call_pending back. */
enum svsm_outcome svsm_call(struct svsm_registers *registers);
/* The same with any value in call_pending; *after is what stood there on return. False: SVSM_HOST_ERROR. */
bool svsm_call_pending(struct svsm_registers *registers, u8 pending, u8 *after);

/* A core protocol call: RAX on return, or UINT64_MAX when it was not answered. *rcx and *rdx come back changed. */
u64 svsm_core(u32 call, u64 rcx, u64 rdx, u64 r8);

/* REMAP_CA, and the new calling area is used from then on. Another CPU may have the old one by then, so that is not looked at again. RAX. */
u64 svsm_remap(u64 calling_area);

/* Entries of a PVALIDATE list */
static inline u64 svsm_entry(u64 page, u64 flags)
{
	return (page & ~(u64)(PAGE_SIZE - 1)) | flags;
}
#define ENTRY_RESCIND 0ULL
#define ENTRY_VALIDATE SVSM_PVALIDATE_VALIDATE
#define ENTRY_LARGE SVSM_PVALIDATE_SIZE_2M
#define ENTRY_ANY SVSM_PVALIDATE_IGNORE_CF

/* PVALIDATE with one entry; the list is written behind the header of the calling area. RAX. */
u64 svsm_validate_one(u64 entry);
