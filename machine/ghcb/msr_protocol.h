/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/vcpu.h"

/* A request in the GHCB MSR itself, GHCB (56421) section 2.3.1. The answer is in the MSR afterwards. */
void ghcb_msr_exit(struct vcpu *vcpu);
