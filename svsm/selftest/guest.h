/* SPDX-License-Identifier: MIT */
/* A guest without a processor: its vCPU's registers and calling area are written by a list of steps, and it is served in earnest. */
#pragma once

#include "base/addr.h"
#include "base/err.h"

/* What the guest does in one turn, and what it must find afterwards. */
struct guest_step {
	const char *what;
	u64 rax, rcx, rdx, r8; /* the call */
	bool silent;           /* it comes back without a call: nothing may happen */
	u64 result;            /* in RAX */
	u64 result_rcx;
	bool moved; /* from here on its calling area is `area` */
	gpa_t area;
};

struct guest_pages {
	gpa_t vmsa;
	gpa_t calling_area;
};

/*
 * Makes the pages, both private, a vCPU of this CPU, and serves it (guest/request.h) until the steps are through. One line of results
 * for each. Returns what request_loop does: ERR_HOST.
 */
err_t guest_play(struct guest_pages pages, const struct guest_step *steps, u32 count);

/* One turn; called by the platform. False when there is no further step. */
bool guest_turn(void);
