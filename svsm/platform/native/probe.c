/* SPDX-License-Identifier: MIT */
#include "platform/native/probe.h"

#include "base/compiler.h"
#include "cpu/instructions.h"
#include "cpu/trap.h"

extern const u8 probe_load_at[];
extern const u8 probe_store_at[];
extern const u8 probe_fetch_trapped[];
extern const u8 probe_breakpoint_end[];
extern const u8 probe_undefined_at[];
extern const u8 probe_trapped[];

static struct probe_trap last;

struct probe_trap probe_last(void)
{
	return last;
}

/* Where a probe that trapped at this address goes on; NULL when it is none of them. */
static const u8 *way_out(u64 rip)
{
	const u8 *const probes[] = {probe_load_at, probe_store_at, probe_breakpoint_end, probe_undefined_at};
	for (size_t i = 0; i < ARRAY_SIZE(probes); i++) {
		if (rip == (u64)probes[i]) {
			return probe_trapped;
		}
	}
	return rip == (u64)probe_data ? probe_fetch_trapped : NULL;
}

bool probe_catch(struct trap_frame *frame)
{
	const u8 *out = way_out(frame->rip);
	if (out == NULL) {
		return false;
	}
	last = (struct probe_trap){
		.vector = (u32)frame->vector,
		.error_code = frame->error_code,
		.address = cr2_read(),
	};
	frame->rip = (u64)out;
	return true;
}
