/* SPDX-License-Identifier: MIT */
/* A guest that says one line and then does nothing any more. */
#include "runtime/host.h"
#include "runtime/host_open.h"
#include "runtime/instructions.h"
#include "runtime/svsm.h"

noreturn_fn void program_main(u64 calling_area);

void program_main(u64 calling_area)
{
	svsm_open(calling_area);
	host_open();
	host_print("hanging\n");
	for (;;) {
		cpu_pause();
	}
}
