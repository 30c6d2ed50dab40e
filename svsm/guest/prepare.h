/* SPDX-License-Identifier: MIT */
/* Makes the guest ready to run, as the measured layout page says, and runs it. */
#pragma once

#include <copra/boot.h>

#include "cpu/cpu_list.h"
#include "guest/memory_map.h"
#include "guest/request.h"

/*
 * Reads the host's memory map, reserves and sets up the page-state table, accepts the guest's ranges, fills its CPUID, secrets and
 * calling-area pages and what its kind needs, and creates its first vCPU. Ends the SVSM with the reason when something fails;
 * with TERMINATE_NO_GUEST when the image holds none. layout: checked; its pages are in the SVSM's own memory. cpus: those of the
 * SVSM itself, for each of which the guest may have a vCPU. keep: bytes of the heap that services may yet want.
 */
void guest_prepare(const struct boot_layout *layout, const struct cpu_list *cpus, u64 keep);

/* Runs the guest on this CPU for ever, or ends the SVSM with TERMINATE_GUEST_FAILED. */
noreturn_fn void guest_serve(struct request_cpu *cpu);
