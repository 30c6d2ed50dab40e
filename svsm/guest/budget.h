/* SPDX-License-Identifier: MIT */
/*
 * How long a call may keep a CPU from its guest: 1 ms of work. The SVSM trusts no clock, so work is counted, one unit for what one
 * simple instruction does, a nanosecond or so. A call whose next step does not fit any more answers "incomplete", and is made
 * again.
 */
#pragma once

#include "base/addr.h"

#define BUDGET_CALL 1000000U

/* What a step costs beside the clearing of memory, 8 bytes a unit; more than what `make bench` measures. */
#define BUDGET_PAGE 1300U /* claim, window, PVALIDATE, RMPADJUST, end of the claim */
#define BUDGET_LARGE_PAGE 5000U
#define BUDGET_COPY 1000U  /* a copy from or to the guest's memory, and 8 bytes a unit */
#define BUDGET_BLOCK 300U  /* a look at a 2 MiB block of the page-state table, or at a page of a mixed one */
#define BUDGET_VCPU 10000U /* CREATE_VCPU and DELETE_VCPU */
/* What a call takes around a slice of a service's (task/service.h): copies, the switches, a system call that the end of the slice finds. */
#define BUDGET_SERVICE 50000U
/* How often a CPU looks whether another one has come or gone, until it goes on without: a quarter of the budget. */
#define BUDGET_LOOKS 10000U

struct budget {
	u32 spent;
};

/* A page that changes its state. */
static inline u32 budget_page(enum page_size size, bool cleared)
{
	return (size == PAGE_2M ? BUDGET_LARGE_PAGE : BUDGET_PAGE) +
	       (cleared ? (u32)(page_bytes(size) / sizeof(u64)) : 0);
}

/* To be asked before each step but the first: every call gets on. */
static inline bool budget_fits(const struct budget *budget, u32 units)
{
	return budget->spent < BUDGET_CALL && units <= BUDGET_CALL - budget->spent;
}

static inline void budget_spend(struct budget *budget, u32 units)
{
	budget->spent = units < UINT32_MAX - budget->spent ? budget->spent + units : UINT32_MAX;
}
