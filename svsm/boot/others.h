/* SPDX-License-Identifier: MIT */
/*
 * The SVSM's other CPUs. Each has an area of BOOT_CPU_SIZE bytes on the heap: its struct cpu, what it needs to serve the guest, its
 * VMSA, the two pages that it shares with the host, and its stacks.
 */
#pragma once

#include <copra/boot.h>

#include "cpu/cpu_list.h"

/*
 * Asks the host for the CPUs, and makes an area for each but the boot CPU. Ends the SVSM with TERMINATE_CPU_LIST when there are more
 * than layout->max_vcpus or their list is malformed, with TERMINATE_NO_MEMORY when the heap has no room for all of them.
 */
void others_prepare(const struct boot_layout *layout, struct cpu_list *list);

/* Has the host run them all; each joins in serving the guest. Ends the SVSM with TERMINATE_CPU_START when it refuses one. */
void others_start(void);
