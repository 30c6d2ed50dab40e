/* SPDX-License-Identifier: MIT */
/* The reverse map table: one entry per 4 KiB page of guest RAM. APM volume 2 (24593), section 15.36. */
#pragma once

#include <copra/sev.h>

#include "base/addr.h"
#include "base/err.h"
#include "mm/memory.h"

struct rmp_entry {
	u8 assigned : 1;
	u8 validated : 1;
	u8 vmsa : 1;
	u8 large : 1;                   /* part of a 2 MiB entry */
	u8 in_use : 1;                  /* a vCPU is inside VMRUN with this VMSA */
	u8 permissions[VMPL_COUNT - 1]; /* of VMPL1 to VMPL3; VMPL0 always has all */
};

/* Where the entries lie: of what is below low_end, of the window, of [4 GiB, high_end). For rmp_find and rmp/ alone. */
extern struct rmp_table {
	struct rmp_entry *low, *window, *high;
	u64 low_end, high_end;
} rmp_table;
#define RMP_HIGH_START (1ULL << 32)

/* The entry of a page of RAM; NULL when the address is none. Read only for everybody but rmp/. Every exit asks several times. */
static inline const struct rmp_entry *rmp_find(gpa_t page)
{
	u64 address = page.raw;
	if (address < rmp_table.low_end) {
		bool hole = address - MEMORY_HOLE_START < MEMORY_HOLE_END - MEMORY_HOLE_START;
		return hole ? NULL : &rmp_table.low[address >> PAGE_SHIFT];
	}
	if (address - MEMORY_WINDOW_START < MEMORY_WINDOW_SIZE) {
		return &rmp_table.window[(address - MEMORY_WINDOW_START) >> PAGE_SHIFT];
	}
	if (address >= RMP_HIGH_START && address < rmp_table.high_end) {
		return &rmp_table.high[(address - RMP_HIGH_START) >> PAGE_SHIFT];
	}
	return NULL;
}

/* What VMRUN asks of a page before it looks into it: assigned, validated, 4 KiB, marked as a VMSA. */
static inline bool rmp_entry_runs(const struct rmp_entry *entry)
{
	return entry->assigned && entry->validated && entry->vmsa && !entry->large;
}

/*
 * RMPUPDATE by the host, for page-state changes: makes `size` at `page` private (assigned, not validated, all masks but
 * VMPL0's cleared) or shared. Scrambles the content when the state really changes; updates nested tables on every CPU.
 * ERR_RANGE: not RAM, ERR_BUSY: an in-use VMSA.
 */
err_t rmp_make_private(gpa_t page, enum page_size size);
err_t rmp_make_shared(gpa_t page, enum page_size size);

/*
 * The same on a nested fault, where the access tells which state is wanted: only what is shared becomes private, and only what is
 * private and not validated becomes shared. ERR_EXISTS: it is not so (any more: another CPU was quicker), and nothing changed.
 */
err_t rmp_imply_private(gpa_t page, enum page_size size);
err_t rmp_imply_shared(gpa_t page); /* 4 KiB */

/* LAUNCH_UPDATE by the PSP: Guest-Valid, masks 0, VMSA bit as said. Content untouched. 4 KiB. Same errors. */
err_t rmp_launch(gpa_t page, bool vmsa);

/* Swaps two private pages behind the guest's back, as a hostile host would: `page` then is a fresh, unvalidated one. */
err_t rmp_remap(gpa_t page);

/*
 * PVALIDATE, RMPADJUST, RMPQUERY as the processor executes them once the guest's page walk gave `page`; the decision
 * tables of the APM. RMP_NESTED_FAULT and RMP_VC_NOT_VALIDATED are for the caller to raise; else *code is EAX.
 */
enum rmp_outcome {
	RMP_DONE,
	RMP_NESTED_FAULT,     /* #NPF exit: not assigned to the guest, in use */
	RMP_VC_NOT_VALIDATED, /* #VC 0x404 */
};
enum rmp_outcome rmp_pvalidate(gpa_t page, enum page_size size, bool validate, u32 *code, bool *carry);
/* The checks of RMPADJUST that come before the page walk: reserved bits, then the target. Returns EAX. */
u32 rmp_adjust_check(enum page_size size, u32 current_vmpl, u64 rdx);
enum rmp_outcome rmp_adjust(gpa_t page, enum page_size size, u32 current_vmpl, u64 rdx, u32 *code);
struct rmp_query_result {
	u32 code;
	u64 rdx, rcx; /* with RMP_SUCCESS */
};
enum rmp_outcome rmp_query(gpa_t page, u32 current_vmpl, u32 target_vmpl, struct rmp_query_result *result);
