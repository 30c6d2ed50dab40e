/* SPDX-License-Identifier: MIT */
/*
 * A guest of IGVM's native platform: an ordinary virtual machine in VMPL0's place, without RMP, C-bit, #VC or GHCB. All RAM is its
 * own; ports reach the devices, and there is no MMIO and no second CPU. Enough for the SVSM's native image.
 */
#pragma once

#include <copra/types.h>

/* True for the whole run when the file that was loaded has such a guest. */
bool plain_guest(void);
/* Before its first page is mapped. */
void plain_guest_begin(void);
