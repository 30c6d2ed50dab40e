/* SPDX-License-Identifier: MIT */
#include "platform/snp/terminate.h"

#include "cpu/per_cpu.h"
#include "cpu/trap.h"
#include "platform/common/reason.h"
#include "platform/snp/ghcb_msr.h"

static u32 ended; /* atomic: why, of the first CPU that did; 0 while none has */

void terminate_begin(void)
{
	ended = 0;
}

void terminate_with_others(void)
{
	u32 reason = __atomic_load_n(&ended, __ATOMIC_RELAXED);
	if (reason == 0) {
		reason = __atomic_load_n(&trap_hopeless_reason, __ATOMIC_RELAXED);
	}
	if (reason != 0) {
		cpu_current()->terminating = true;
		platform_terminate((enum terminate_reason)reason);
	}
}

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
	u32 none = 0;
	(void)__atomic_compare_exchange_n(&ended, &none, (u32)reason, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);
	/* A second failure on the way out must not come by here again. */
	if (cpu->ghcb != NULL && !cpu->terminating) {
		cpu->terminating = true;
		reason_write(reason);
	}
	ghcb_msr_terminate(PLATFORM_TERMINATE_SET, reason);
}
