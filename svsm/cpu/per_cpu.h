/* SPDX-License-Identifier: MIT */
/* What each CPU has of its own, found through GS. */
#pragma once

#include <copra/ghcb.h>

#include "base/addr.h"
#include "cpu/asm_offsets.h"
#include "cpu/descriptors.h"
#include "cpu/instructions.h"
#include "cpu/stacks.h"

struct user_state;

struct cpu {
	struct cpu *self;
	u32 index;
	u32 apic_id;
	u32 trap_depth; /* exceptions that have not returned; trap_entry.S counts */
	u32 reserved_14;
	struct user_state *user_state; /* of the ring-3 program that runs, while it does (cpu/user.h) */
	u64 user_stack;                /* the kernel's stack pointer at that time */
	u64 stack_guard;               /* the compiler reads it at gs:0x28 */

	struct descriptor_tables descriptors;
	struct stack stacks[STACK_COUNT];

	/* Shared with the host: every read is of hostile bytes */
	volatile struct ghcb *ghcb; /* NULL until registered */
	gpa_t ghcb_page;
	volatile struct hv_doorbell *doorbell; /* NULL until registered */

	u64 flushed;         /* atomic: the last TLB flush that it has done (platform/snp/flush.h) */
	bool outside;        /* atomic: it lets the guest run */
	u32 events;          /* PLATFORM_EVENT_*, not taken yet */
	u64 vectors_dropped; /* interrupts by the doorbell that nobody asked for */
	u64 nmis_dropped;
	bool trapped;     /* a fatal exception is being logged */
	bool terminating; /* the last words are being written, or must not be */
};

/* Written by boot/entry.S before any C runs. */
extern struct cpu cpu_boot;

static inline struct cpu *cpu_current(void)
{
	return gs_self();
}
