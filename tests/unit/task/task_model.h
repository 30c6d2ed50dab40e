/* SPDX-License-Identifier: MIT */
/* What task/ and mm/space.c stand on, for host tests: the SVSM's memory as an array, the processor as a few variables. */
#pragma once

#include <setjmp.h>

#include <copra/types.h>

#include "base/addr.h"
#include "base/err.h"

#define MODEL_FRAMES 1200U
#define MODEL_BASE 0xFF000000ULL
#define MODEL_CBIT (1ULL << 47)
#define MODEL_KERNEL_ENTRY 0x12345003ULL /* what the upper half of a root holds */

#define MODEL_FXSAVE 0x100U
#define MODEL_FXRSTOR 0x200U
#define MODEL_XSAVE 0x400U
#define MODEL_XRSTOR 0x800U

struct user_state;

struct model {
	u32 frames_used;  /* with task_frames.c, as the next two */
	u32 frames_limit; /* no more are given out */
	bool frames_taken[MODEL_FRAMES];
	const u8 *lost; /* the host has taken this frame away */
	bool all_lost;
	enum err page_state_error; /* what the host says */
	u32 validate_code;         /* what PVALIDATE says of the page model.validate_bad */
	bool validate_unchanged;
	const u8 *validate_bad;
	u64 fs_base, cr4, xcr0;
	u64 root; /* of the page tables in use; 0: the kernel's */
	u32 root_writes;
	u64 timestamp;
	u32 random_failures; /* so many times RDRAND has nothing */
	bool random_stuck;   /* RDRAND gives the same value again and again */
	u64 random_value;
	u32 vectors_operation; /* the latest, with its mask */
	u32 events;            /* what platform_events_take finds next */
	bool interrupts;
	bool prepared; /* ring 3 may run */
	u32 timers;
	int terminated; /* with which reason */
	jmp_buf terminate;
	/* Ring 3: what it does, each time it is entered. */
	void (*user)(struct user_state *state);
};
extern _Thread_local struct model model; /* each thread is a CPU */

extern u8 model_memory[MODEL_FRAMES][PAGE_SIZE];

void model_reset(void);
bool model_random(u64 *value);
void model_vectors(const void *area, u32 operation);
/* Whole pages of the SVSM's own memory with these bytes, zeros behind them; never given back. */
const u8 *model_file(const void *bytes, size_t n);
