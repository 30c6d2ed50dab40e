/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/addr.h"
#include "cpu/cpu.h"

/* A nested page fault. */
void exit_nested_fault(struct cpu *cpu);

/* A permission that no guest gets around: the machine ends with a full report (APM volume 2, section 15.36.10). */
noreturn_fn void exit_report_violation(struct cpu *cpu, const char *what, gpa_t address, u64 error_code);
