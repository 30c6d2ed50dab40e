/* SPDX-License-Identifier: MIT */
/* The state of a processor for which the file has no context: what QEMU and KVM start it with. */
#pragma once

#include <copra/vmsa.h>

/* signature: CPUID leaf 1 EAX, which stands in RDX at reset */
void reset_vmsa(struct vmsa *vmsa, u32 signature, u64 sev_features);
