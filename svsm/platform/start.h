/* SPDX-License-Identifier: MIT */
/* What boot alone asks of a platform. */
#pragma once

#include <copra/boot.h>

struct cpu;

/*
 * On the boot CPU, once, with the SVSM's own memory mapped: loads the CPUID table (cpu/cpuid.h), meets the host and opens the
 * console. Ends the SVSM with the reason when something that it needs is missing.
 */
void platform_start(struct cpu *cpu, const struct boot_layout *layout);

/* What interrupts of its own the SVSM has, or why none; for the log. */
const char *platform_interrupts_text(void);
