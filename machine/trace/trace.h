/* SPDX-License-Identifier: MIT */
/*
 * The trace: one record a line on the debug port, format in docs/trace.md:
 *   TICKS cpu=N vmpl=N EVENT key=value ...
 * Keys and event names are stable. Records of class ALWAYS are written at every run (start, launch, progress, end); the
 * others only where the trace option asks for their class.
 */
#pragma once

#include "base/compiler.h"
#include "cpu/vcpu.h"

enum trace_class {
	TRACE_ALWAYS = 0,
	TRACE_REFUSED = 1 << 0, /* malformed or unsupported requests */
	TRACE_VMGEXIT = 1 << 1,
	TRACE_RMP = 1 << 2,  /* page-state changes, PVALIDATE, RMPADJUST */
	TRACE_VMPL = 1 << 3, /* switches between VMPLs, guest messages */
	TRACE_INTERRUPT = 1 << 4,
	TRACE_IO = 1 << 5,
	TRACE_EXIT = 1 << 6, /* every exit */
	TRACE_NPF = 1 << 7,
};

/* Which classes are written; set once from the options. */
void trace_enable(u32 classes);
bool trace_enabled(enum trace_class which);

/* Writes one record; vcpu may be NULL before there are any. */
void trace(enum trace_class which, const struct vcpu *vcpu, const char *event, const char *format, ...)
	printf_like(4, 5);

/* All counters of all contexts, one record each; zero ones are left out. */
void trace_counters(void);
