/* SPDX-License-Identifier: MIT */
#include "cpu/stack_trace.h"

#include "base/align.h"
#include "cpu/per_cpu.h"
#include "dev/log.h"

#define TRACE_DEPTH 16U

extern const u8 image_start[];
extern const u8 text_end[];

static bool address_is_code(u64 address)
{
	return address >= (u64)image_start && address < (u64)text_end;
}

static void trace_line(u64 address)
{
	if (address_is_code(address)) {
		log_error("  at image+0x%llx", (unsigned long long)(address - (u64)image_start));
	} else {
		log_error("  at 0x%llx, outside the image", (unsigned long long)address);
	}
}

void stack_trace_log(u64 code, u64 frame)
{
	u64 end = stack_end(cpu_current()->stacks, frame);
	trace_line(code);
	for (u32 depth = 0; depth < TRACE_DEPTH && end != 0; depth++) {
		if (!is_aligned(frame, sizeof(u64)) || frame > end - 2 * sizeof(u64)) {
			return;
		}
		const u64 *words = (const u64 *)frame; /* caller's frame, return address */
		if (!address_is_code(words[1])) {
			return;
		}
		trace_line(words[1]);
		if (words[0] <= frame) {
			return;
		}
		frame = words[0];
	}
}
