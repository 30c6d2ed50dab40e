/* SPDX-License-Identifier: MIT */
/* The state in which the guest's first vCPU starts. */
#pragma once

#include <copra/boot.h>
#include <copra/vmsa.h>

/*
 * Firmware: the architectural reset state (APM volume 2, table 14-1). Linux and test programs: 64-bit mode with the identity map,
 * as the 64-bit boot protocol of Linux has it. vmsa: a zeroed page.
 */
void initial_vmsa_fill(struct vmsa *vmsa, const struct boot_guest *guest, u64 cbit);
