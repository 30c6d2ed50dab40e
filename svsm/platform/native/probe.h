/* SPDX-License-Identifier: MIT */
/* Does what must trap, and goes on behind it: platform/native/probe.S. */
#pragma once

#include <copra/types.h>

struct trap_frame;

struct probe_trap {
	u32 vector;
	u64 error_code;
	u64 address; /* CR2 */
};

/* True when it went through; false when it trapped, and probe_last says how. */
bool probe_load(const void *address);
bool probe_store(void *address); /* writes back the byte that is there */
bool probe_fetch(void);          /* calls an instruction that lies in data */
bool probe_breakpoint(void);
bool probe_undefined(void);

extern const u8 probe_data[]; /* what probe_fetch calls */

struct probe_trap probe_last(void);

/* For the exception handler: true when the trap is a probe's, which then returns false. */
bool probe_catch(struct trap_frame *frame);
