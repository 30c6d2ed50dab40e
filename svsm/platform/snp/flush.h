/* SPDX-License-Identifier: MIT */
/*
 * TLB shoot-down (APM volume 2, section 15.36.7): INVLPGB tells all processors at once. Where the host does not let the guest use it,
 * each CPU flushes its own: those that are in the guest are called out of it by an IPI, the others flush before they
 * go there.
 */
#pragma once

#include "cpu/per_cpu.h"

/* On the boot CPU: whether the processor has INVLPGB. Forgets all CPUs. */
void flush_begin(bool broadcast);
/* A CPU of the SVSM's, from now on told of flushes. */
void flush_join(struct cpu *cpu);

/* Around everything that lets the guest run on this CPU: what was to be flushed is, before flush_leave returns. */
void flush_leave(void);
void flush_enter(void);
