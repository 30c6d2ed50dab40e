/* SPDX-License-Identifier: MIT */
/* A program in ring 3: its address space, its registers, and what it has been given. */
#pragma once

#include "cpu/user.h"
#include "cpu/vectors.h"
#include "dev/log.h"
#include "mm/space.h"
#include "task/channel.h"

#define PROCESS_LOG_MAX 16384U /* bytes that it may write to the SVSM's log in its life; more goes nowhere */
#define PROCESS_NUMBER 2U      /* what getpid says */

struct process {
	struct user_state user;
	struct vectors vectors;
	struct space space;
	struct channel *channel;
	const char *name;
	u64 fs_base;
	u64 break_start; /* memory of brk(2): whole pages from break_start on, the last one in part */
	u64 break_end;
	u32 log_used; /* bytes of the line that is not complete yet */
	u32 log_total;
	char log_text[LOG_LINE_MAX / 2];
};
_Static_assert(sizeof(struct process) <= PAGE_SIZE, "a process is a frame, and its memory");

enum process_stop {
	PROCESS_SLICE_OVER, /* goes on with the next slice */
	PROCESS_REPLIED,
	PROCESS_DEAD, /* and logged why; process_end is what is left to do */
};

struct process_name {
	const char *text; /* argv[1], kept by reference */
	u32 frames_max;   /* that it may have, page tables included; not the shared pages of its executable */
	bool again;       /* a process of that name has died before */
};

/* executable: see loader_load. Errors of loader_load, and ERR_NO_MEMORY. */
err_t process_make(struct span executable, const struct process_name *name, struct channel *channel,
		   struct process **process);
/* Gives all its memory back. */
void process_end(struct process *process);

/* Runs it on this CPU until it stops, for a slice at the most. */
enum process_stop process_run(struct process *process);
