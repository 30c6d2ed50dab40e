/* SPDX-License-Identifier: MIT */
/* Meets the host: what the SVSM needs of it, or the end. */
#pragma once

#include <copra/boot.h>

#include "cpu/per_cpu.h"

/* A page each, of the SVSM's own memory, that becomes the host's to share. */
struct host_pages {
	struct ghcb *ghcb;
	struct hv_doorbell *doorbell;
};

/*
 * Checks SEV_STATUS, agrees on GHCB version 2, sets up this CPU's GHCB, then asks for the features that the SVSM needs, and
 * registers the doorbell where there is restricted injection. Does not return when something is missing: the console line and the
 * termination code name it.
 */
void host_meet(struct cpu *cpu, const struct boot_layout *layout, struct host_pages pages);

/* The host's GHCB_FEATURE_* bits. */
u64 host_features(void);
/* SEV_FEATURES that the SVSM itself runs with. */
u64 host_own_features(void);

/* Another CPU's pages, shared by the boot CPU; then, on that CPU, its GHCB and doorbell. Neither returns when the host refuses. */
void host_share(struct host_pages pages);
void host_join(struct cpu *cpu, struct host_pages pages);
