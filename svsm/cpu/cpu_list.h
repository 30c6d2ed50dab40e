/* SPDX-License-Identifier: MIT */
/* The CPUs that the SVSM and its guest run on, as the host says: hostile input. Pure: runs on the host as well. */
#pragma once

#include <copra/boot.h>

#include "base/err.h"

struct cpu_list {
	u32 count;
	bool listed;                 /* the IDs are the host's, not numbered here */
	u32 apic_ids[BOOT_MAX_CPUS]; /* the boot CPU's first */
};

/*
 * A list without IDs yet: count CPUs, of which one at least and limit at the most. ERR_RANGE.
 */
err_t cpu_list_init(struct cpu_list *list, u32 count, u32 limit);
/* Numbers the CPUs 0 to count - 1. own: the boot CPU's APIC ID. ERR_INPUT when it is none of them. */
err_t cpu_list_number(struct cpu_list *list, u32 own);
/* Takes the IDs that the host lists, count of them. ERR_INPUT when one is there twice or own is not. */
err_t cpu_list_take(struct cpu_list *list, const u32 *apic_ids, u32 own);
