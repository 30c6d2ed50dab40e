/* SPDX-License-Identifier: MIT */
/* What memory there is, and which part of it the machine keeps. */
#pragma once

#include "base/err.h"

struct memory_plan {
	u64 low_end;   /* guest RAM below 4 GiB: [0, low_end), but for the legacy hole */
	u64 own_start; /* the machine's own, 2 MiB aligned; equals low_end */
	u64 own_end;
	u64 high_end; /* guest RAM above: [4 GiB, high_end); 4 GiB when there is none */
};

/*
 * Asks QEMU for its RAM (fw_cfg etc/e820) and the options for the guest's share (memory=BYTES; without it the machine
 * takes MEMORY_OWN_DEFAULT). *why says in English what an error means.
 */
err_t memory_plan_make(struct memory_plan *plan, const char **why);

#define MEMORY_OWN_DEFAULT (192ULL << 20)
#define MEMORY_OWN_MINIMUM (40ULL << 20) /* the window's backing, the image, tables */
