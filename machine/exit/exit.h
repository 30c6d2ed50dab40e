/* SPDX-License-Identifier: MIT */
/* What follows an exit on the processor's side. Each works on the current context's VMSA, into which all registers went. */
#pragma once

#include "base/addr.h"
#include "cpu/cpu.h"

/* Hands the exit that the control block describes to its handler, in the context whose registers are in its VMSA. */
void exit_handle(struct cpu *cpu);

/* nested_fault.c: nested page fault. */
void exit_nested_fault(struct cpu *cpu);

/* invalid_opcode.c: invalid opcode, among them the instructions that this processor lacks. */
void exit_invalid_opcode(struct cpu *cpu);

/* msr_exit.c */
void exit_msr(struct cpu *cpu);

/*
 * After a write to the GHCB MSR: when a VMGEXIT comes next, as it nearly always does, it is carried out at once. The guest cannot
 * tell, and an entry and an exit are saved.
 */
void exit_follow_vmgexit(struct cpu *cpu);

/* plain_exit.c: any exit of a guest of the native platform. Ends the machine when it asks for more than such a guest has. */
void exit_plain(struct cpu *cpu);

/* RIP goes behind an instruction that was carried out here. */
void exit_advance(struct cpu *cpu, u32 length);

/* A permission that no guest gets around: the machine ends with a full report (APM volume 2, section 15.36.10). */
noreturn_fn void exit_report_violation(struct cpu *cpu, const char *what, gpa_t address, u64 error_code);
