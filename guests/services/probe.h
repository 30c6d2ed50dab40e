/* SPDX-License-Identifier: MIT */
/* Requests to the probe (services/probe), which stands in for the vTPM, by the vTPM protocol's command. */
#pragma once

#include <copra/probe.h>
#include <copra/svsm.h>

/* Moves to another calling area than the boot's, so that a call takes a slice and no more. Without one the program ends. */
void probe_area(void);

/* One call. RAX on return, or UINT64_MAX when it was not answered. */
u64 probe_ask_once(const u8 *bytes, u32 n);
/* Repeats the call while the service computes. *calls (may be NULL): how often it was made. */
u64 probe_ask(const u8 *bytes, u32 n, u32 *calls);

u32 probe_response_size(void);
const u8 *probe_response(void);

/* Part of a test (conformance/tap.h): whatever happened, the service answers the next one who asks. */
void probe_expect_echo(u8 mark);
