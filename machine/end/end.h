/* SPDX-License-Identifier: MIT */
/* How the machine ends: always with one `end` record (docs/trace.md), then the counters when they were asked for. */
#pragma once

#include "base/compiler.h"

struct vcpu;

enum end_reason {
	END_POWEROFF,     /* the guest's own; end_announce, then the write reaches QEMU */
	END_RESET,        /* likewise */
	END_TERMINATE,    /* GHCB termination request */
	END_SHUTDOWN,     /* triple fault, or a VMSA that cannot be run */
	END_LOAD_ERROR,   /* the IGVM file was refused */
	END_OPTION_ERROR, /* the options were refused */
	END_UNSUPPORTED,  /* this processor or QEMU lacks what the machine needs */
	END_FAULT,        /* an exception in the machine itself */
	END_EXIT,         /* a native guest's write to the debug exit port; end_announce, then it reaches QEMU */
};

/* Writes the end record and the counters. Only the first call has an effect; details may be NULL. */
void end_announce(enum end_reason reason, const struct vcpu *vcpu, const char *details, ...) printf_like(3, 4);

/* Announces, then leaves QEMU through isa-debug-exit (exit status in docs/machine.md); halts where there is none. */
noreturn_fn void machine_end(enum end_reason reason, const struct vcpu *vcpu, const char *details, ...)
	printf_like(3, 4);

/* The context shut down (triple fault) or cannot be run: ends the machine with a record of why. */
noreturn_fn void machine_end_shutdown(struct vcpu *vcpu, const char *why);
