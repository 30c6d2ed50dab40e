/* SPDX-License-Identifier: MIT */
/*
 * The GHCB driver: non-automatic exits by the shared page (56421, chapter 4). The page is the host's to write at any time, so
 * each field of an answer is read once, into struct ghcb_call.
 */
#pragma once

#include <copra/ghcb.h>

#include "base/err.h"
#include "cpu/per_cpu.h"

/* Registers that a call passes; SW_EXITCODE and both SW_EXITINFO always are. */
#define GHCB_PASS_RAX 0x1U
#define GHCB_PASS_RCX 0x2U
#define GHCB_PASS_SCRATCH 0x4U /* the shared buffer of the GHCB */
#define GHCB_PASS_RDX 0x8U
#define GHCB_PASS_RBX 0x10U

struct ghcb_call {
	u64 code;
	u64 info1;
	u64 info2; /* in: SW_EXITINFO2; out: what the host put there */
	u64 rax;   /* in; out where the event returns one, else 0 */
	u64 rcx;
	u64 rdx; /* as rax */
	u64 rbx;
	u32 pass; /* GHCB_PASS_* */
};

/* Registers the page, which is shared (platform/snp/shared_page.h); this CPU's calls go through it from now on. ERR_HOST. */
err_t ghcb_init(struct cpu *cpu, struct ghcb *page);

/* Fills the GHCB and asks the host. ERR_HOST when it did not answer at all, or with anything but success. */
err_t ghcb_exchange(struct ghcb_call *call);

/* Leaves no request in it. */
void ghcb_clear(void);

/* The two halves of it, for an exit with instructions of its own in between (platform/snp/doorbell.h). */
void ghcb_fill(const struct ghcb_call *call);
err_t ghcb_answer(struct ghcb_call *call);

/* The part of this CPU's GHCB that carries data: GHCB_SHARED_BUFFER_SIZE bytes. */
volatile u8 *ghcb_buffer(void);
void ghcb_buffer_write(const void *from, size_t n);
