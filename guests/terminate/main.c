/* SPDX-License-Identifier: MIT */
/* A guest that ends itself with a GHCB termination request: set 1, reason 42. */
#include "runtime/host.h"

noreturn_fn void program_main(u64 calling_area);

void program_main(u64 calling_area)
{
	(void)calling_area;
	host_terminate(PROGRAM_ON_PURPOSE);
}
