/* SPDX-License-Identifier: MIT */
/* Memory-mapped registers: the local APIC is the machine's own, the rest are QEMU's devices. */
#pragma once

#include "base/err.h"
#include "cpu/vcpu.h"

/* size 1 to 8. ERR_RANGE: RAM, or nothing a device could be. */
err_t mmio_read(struct vcpu *vcpu, gpa_t address, u32 size, u64 *value);
err_t mmio_write(struct vcpu *vcpu, gpa_t address, u32 size, u64 value);
