/* SPDX-License-Identifier: MIT */
#pragma once

#include "cpu/vcpu.h"

/* The guest asked to be ended (MSR 0x100, NAE 0x8000FFFE): `end reason=terminate`, then QEMU ends. Returns where the fault plan has it ignored. */
void ghcb_terminate(const struct vcpu *vcpu, u32 set, u32 code, u64 info);
