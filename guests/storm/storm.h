/* SPDX-License-Identifier: MIT */
/* Random valid and invalid calls from every CPU at once. */
#pragma once

#include <copra/psp.h>

#include "runtime/cpu.h"
#include "storm/random.h"

struct storm_parameters {
	u64 seed;
	u64 seconds;
};
struct storm_parameters storm_parameters(void);

/* Blocks of 2 MiB that all CPUs name in their calls and none touches; then one for each CPU, which only that one names. */
#define STORM_COMMON 0x6000000ULL
#define STORM_COMMON_BLOCKS 4U
#define STORM_OWN 0x7000000ULL
static inline u64 storm_own(u32 index)
{
	return STORM_OWN + (u64)index * LARGE_PAGE_SIZE;
}

/* Pages of a CPU's own, and one that all want as their calling area. */
enum storm_page {
	STORM_LIST,
	STORM_AREA,      /* another calling area */
	STORM_VMSA,      /* for vCPUs that nobody runs */
	STORM_VMSA_AREA, /* and their calling area */
	STORM_BAD_VMSA,  /* for what is no VMSA */
	STORM_OTHER_VMSA, /* from which the CPU is started by turns with that of runtime/smp.h; the first CPU's business */
	STORM_OTHER_AREA,
	STORM_PAGES,
};
u64 storm_page(u32 index, enum storm_page page);
u64 storm_contested(void);

#define STORM_TPM_MAX 72U
struct storm_tpm {
	u32 size; /* of the command that is under way; 0: there is none */
	u8 command[STORM_TPM_MAX];
	u64 responses;
};

struct storm_cpu {
	struct random random;
	struct storm_tpm tpm;
	u64 turns, calls; /* turns: atomic */
	u64 wrong;        /* answers that no SVSM may give */
	u64 last_call, last_result;
	u64 home; /* the calling area that it began with */
};
struct storm_cpu *storm_cpu(u32 index);
/* That of the CPU that asks. */
struct storm_cpu *storm_self(void);

/* Makes a call, protocol << 32 | number, and counts it. */
u64 storm_call(u64 call, u64 rcx, u64 rdx, u64 r8);
/* Notes a result that is not allowed. */
void storm_expect(bool allowed, u64 call, u64 result);

/* All of the CPU's own block private and validated again. */
void storm_recover(void);
/* The same, and what else was going on when the CPU was stopped and started anew. */
void storm_recover_all(void);
/* One random thing. */
void storm_turn(void);
/* An address that is never the guest's to change. */
u64 storm_foreign(void);

/* Asks whether there is a vTPM; storm_tpm_turn makes a call for it, right or wrong. */
void storm_tpm_find(void);
/* Its first command, which takes long, in the first CPU's own block. False: a wrong answer. */
bool storm_tpm_start(void);
void storm_tpm_turn(void);
/* What was under way. */
void storm_tpm_forget(void);
