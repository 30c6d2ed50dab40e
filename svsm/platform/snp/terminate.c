/* SPDX-License-Identifier: MIT */
#include "cpu/per_cpu.h"
#include "platform/common/reason.h"
#include "platform/snp/ghcb_msr.h"

static void reason_write(enum terminate_reason reason)
{
	char line[REASON_LINE_MAX];
	struct text text = text_of(line, sizeof(line));
	reason_format(&text, reason);
	platform_console_write(line, text.n);
}

void platform_terminate(enum terminate_reason reason)
{
	struct cpu *cpu = cpu_current();
	/* A second failure on the way out must not come by here again. */
	if (cpu->ghcb != NULL && !cpu->terminating) {
		cpu->terminating = true;
		reason_write(reason);
	}
	ghcb_msr_terminate(PLATFORM_TERMINATE_SET, reason);
}
