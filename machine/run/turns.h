/* SPDX-License-Identifier: MIT */
/*
 * Who executed how much. A CPU's ticks in a guest also pass while QEMU emulates the other CPUs in turn; what counts here is only the time since
 * anybody last entered or left a guest. Under instruction counting that is the CPU's own instructions, but for the one
 * stretch in which QEMU changes from one CPU to another.
 */
#pragma once

#include "cpu/cpu.h"

/* At the entry of the current context: what time it is. */
void turn_begin(struct cpu *cpu, u64 start);

/* At its exit: counts for that context (counters.own_ticks), and for VMPL0 how long it keeps its CPU from lower VMPLs. */
void turn_end(struct cpu *cpu, u64 start, u64 end);
