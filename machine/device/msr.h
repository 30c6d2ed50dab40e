/* SPDX-License-Identifier: MIT */
/* Model-specific registers that guests reach through the GHCB. The list is in docs/machine.md; others raise #GP. */
#pragma once

#include "cpu/vcpu.h"

/* False: #GP(0). */
bool msr_guest_read(struct vcpu *vcpu, u32 msr, u64 *value);
bool msr_guest_write(struct vcpu *vcpu, u32 msr, u64 value);
