/* SPDX-License-Identifier: MIT */
/* A hostile host takes a page away from VMPL0 while that is not looking. */
#pragma once

#include "cpu/vcpu.h"

/* At each VMGEXIT: FAULT_REMAP. */
void fault_remap(const struct vcpu *vcpu);
/* At each exit: FAULT_REMAP_USER, when it leads out of VMPL0's ring 3. */
void fault_remap_user(struct vcpu *vcpu);
