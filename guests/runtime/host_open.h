/* SPDX-License-Identifier: MIT */
/* Makes a page shared and registers it as this CPU's GHCB. Both need svsm_open, and terminate with PROGRAM_NO_GHCB when refused. */
#pragma once

/* On the first CPU, whose paging then knows where the GHCBs of all are. */
void host_open(void);
/* On others, each time they start. */
void host_join(void);
