/* SPDX-License-Identifier: MIT */
/* Which VMSA each VMPL of a vCPU has, and which of them runs. */
#pragma once

#include "base/err.h"
#include "cpu/vcpu.h"

/*
 * Attaches the VMSA page to (vcpu, vmpl) after VMRUN's own checks of the page (assigned, validated, VMSA bit, 4 KiB, not in
 * use elsewhere), and wakes the vCPU. ERR_RANGE, ERR_STATE: all stays as it was; ERR_BUSY: the context has no VMSA any more.
 * Checks of its content come at every entry.
 */
err_t vcpu_attach(struct vcpu *vcpu, u32 vmpl, gpa_t vmsa, u64 sev_features, enum context_state state);
/* Detaches it; the page is not touched afterwards. Returns once the context runs no more, on whatever CPU. */
void vcpu_detach(struct vcpu *vcpu, u32 vmpl);

/*
 * From the next entry on, the vCPU runs this VMPL. ERR_STATE when the context is ABSENT or STOPPED, ERR_BUSY or ERR_INPUT when
 * VMRUN would refuse its VMSA now (VMSA.BUSY; EFER.SVME, VMPL, SEV_FEATURES): nothing is switched then.
 */
err_t vcpu_switch(struct vcpu *vcpu, u32 vmpl);
