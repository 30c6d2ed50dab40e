/* SPDX-License-Identifier: MIT */
#pragma once

#include "base/err.h"
#include "cpu/vcpu.h"

/* The target may run: it has a VMSA that VMRUN accepts. ERR_RANGE, ERR_STATE, ERR_BUSY, ERR_INPUT, ERR_UNSUPPORTED. */
err_t run_vmpl_check(struct vcpu *vcpu, u64 target);

/* After a successful check, and after the caller's answer was written: the target is what runs next. */
void run_vmpl_switch(struct vcpu *vcpu, u32 target);
