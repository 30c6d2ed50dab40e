/* SPDX-License-Identifier: MIT */
/* The native platform's start of a vCPU. Pure. */
#pragma once

#include <copra/igvm_defs.h>
#include <copra/vmsa.h>

/* As a VMSA, in which the machine keeps the registers of every guest. vmsa: a zeroed page. */
void native_context_to_vmsa(const struct igvm_native_context *context, struct vmsa *vmsa);
