/* SPDX-License-Identifier: MIT */
#include "cpu/instructions.h"
#include "cpu/per_cpu.h"
#include "platform/common/reason.h"
#include "platform/native/exit.h"
#include "platform/native/instructions.h"

void native_exit(unsigned int code)
{
	port_write_u32(NATIVE_EXIT_PORT, code);
	for (;;) {
		halt();
	}
}

void platform_terminate(enum terminate_reason reason)
{
	char line[REASON_LINE_MAX];
	struct cpu *cpu = cpu_current();
	struct text text = text_of(line, sizeof(line));
	/* A second failure on the way out must not come by here again. */
	if (!cpu->terminating) {
		cpu->terminating = true;
		reason_format(&text, reason);
		platform_console_write(line, text.n);
	}
	native_exit(NATIVE_EXIT_TERMINATED + (unsigned int)reason);
}
