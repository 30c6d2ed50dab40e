/* SPDX-License-Identifier: MIT */
/*
 * A host for platform/snp, honest unless a test says otherwise: the GHCB MSR protocol, NAE events, and what PVALIDATE answers. The
 * SVSM's own memory is a buffer of this program's.
 */
#pragma once

#include <setjmp.h>

#include <copra/boot.h>
#include <copra/ghcb.h>

#include "platform/platform.h"

#define MODEL_BASE 0xFF000000ULL
#define MODEL_SIZE 0x200000ULL
#define MODEL_CBIT (1ULL << 51)
#define MODEL_CONSOLE_MAX 4096U

/* Called for a NAE event before the model answers it; true: it has answered by itself. */
typedef bool model_event_fn(struct ghcb *ghcb);
/* Called for an MSR request; true: *response is the answer. */
typedef bool model_request_fn(u64 request, u64 *response);

struct model {
	u64 ghcb_msr;
	u64 sev_status;
	u64 features;
	u64 registered; /* GHCB */
	u64 doorbell;
	model_event_fn *event;
	model_request_fn *request;
	u32 pvalidate_code;
	bool pvalidate_unchanged;
	u32 exits, flushes, syncs;
	u64 cr4;
	u32 own_flushes;     /* changes of CR4.PGE */
	void (*relax)(void); /* another CPU, while this one waits */
	u64 pages_changed;
	u64 last_operation; /* of a page state change */
	bool x2apic_refused;
	u64 apic_base, apic_timer, apic_lvt_timer; /* what the x2APIC was told */
	u32 apic_ends;                             /* EOI */
	u64 last_ipi;
	char console[MODEL_CONSOLE_MAX];
	size_t console_bytes;
	jmp_buf terminated;
	u64 termination; /* the request, 0 for none yet */
};
extern struct model model;

/* Fresh host, fresh CPU, page tables and windows as the builder makes them. */
void model_reset(void);
struct boot_layout *model_layout(void);
/* The MSR request of a termination with that reason. */
u64 model_termination(enum terminate_reason reason);
/* Runs what is expected to end the SVSM: the request it ended with, 0 when it came back. */
#define MODEL_ENDS(call) (setjmp(model.terminated) == 0 ? ((call), model.termination = 0, (u64)0) : model.termination)

void *model_cpu(void);
void model_relax(void);
u64 model_msr_read(u32 msr);
void model_msr_write(u32 msr, u64 value);
void model_vmgexit(void);
noreturn_fn void model_halt(void);
u32 model_pvalidate(const void *address, u32 size, u32 validate, bool *unchanged);
u32 model_rmpadjust(const void *address, u32 size, u64 attributes);

/* Answers: result in SW_EXITINFO1, SW_EXITINFO2, both valid. */
void model_answer(struct ghcb *ghcb, u64 info1, u64 info2);
/* Its page state change, as an honest host does it. */
void model_page_state_change(struct ghcb *ghcb);
