/* SPDX-License-Identifier: MIT */
/*
 * The trace: one record a line on the debug port, format in docs/trace.md:
 *   TICKS cpu=N vmpl=N EVENT key=value ...
 * Keys and event names are stable. Records of class ALWAYS are written at every run (start, launch, progress, end); the
 * others only where the trace option asks for their class.
 */
#pragma once

#include <copra/types.h>

#include "base/compiler.h"

struct vcpu;

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
extern u32 trace_classes;

static inline bool trace_enabled(enum trace_class which)
{
	return which == TRACE_ALWAYS || (trace_classes & (u32)which) != 0;
}

/*
 * trace(which, vcpu, event, format, ...) writes one record if its class is asked for; vcpu may be NULL before there are any. A macro,
 * because most exits come past records that nobody asked for: those cost a test, and the arguments are not evaluated.
 */
#define trace(which, ...) (trace_enabled(which) ? trace_write(__VA_ARGS__) : (void)0)
void trace_write(const struct vcpu *vcpu, const char *event, const char *format, ...) printf_like(3, 4);
