/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/vcpu.h"

/* VMGEXIT: the GHCB MSR of the current context tells what is wanted. RIP already points behind it. */
void ghcb_exit(struct vcpu *vcpu);
