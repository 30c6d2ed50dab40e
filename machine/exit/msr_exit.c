/* SPDX-License-Identifier: MIT */
/*
 * The MSRs that an SNP guest has without its host: GHCB, SEV_STATUS, PAT. All others that exit raise #VC
 * (AMD64 APM volume 2, 24593, section 15.35.4), and those that need not exit do not (cpu/state.c).
 */
#include "exit/msr_exit.h"

#include "cpu/vcpu.h"
#include "exit/decode.h"
#include "exit/exception.h"
#include "exit/vmgexit.h"
#include "x86/control.h"

#define VECTOR_GP 13U
#define RFLAGS_TF (1ULL << 8)

/* Only memory types that exist. */
static bool pat_valid(u64 value)
{
	for (u32 i = 0; i < 8; i++) {
		u64 type = value >> (i * 8) & 0xFF;
		if (type > 7 || type == 2 || type == 3) {
			return false;
		}
	}
	return true;
}

static bool msr_get(struct vcpu *vcpu, u32 msr, u64 *value)
{
	const struct vmsa *vmsa = vcpu_vmsa(vcpu);
	switch (msr) {
	case MSR_GHCB:
		*value = vcpu_context(vcpu)->ghcb_msr;
		return true;
	case MSR_SEV_STATUS:
		*value = SEV_STATUS_SEV | SEV_STATUS_SEV_ES | vmsa->sev_features << SEV_STATUS_FEATURES_SHIFT;
		return true;
	case MSR_PAT:
		*value = vmsa->pat;
		return true;
	default:
		return false;
	}
}

/* *valid is false when the value is not one that the register takes. */
static bool msr_set(struct vcpu *vcpu, u32 msr, u64 value, bool *valid)
{
	*valid = true;
	switch (msr) {
	case MSR_GHCB:
		vcpu_context(vcpu)->ghcb_msr = value;
		return true;
	case MSR_SEV_STATUS:
		*valid = false;
		return true;
	case MSR_PAT:
		*valid = pat_valid(value);
		if (*valid) {
			vcpu_vmsa(vcpu)->pat = value;
		}
		return true;
	default:
		return false;
	}
}

void exit_msr(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;
	struct vmsa *vmsa = vcpu_vmsa(vcpu);
	u32 msr = (u32)vmsa->rcx;
	u64 value = 0;
	bool valid = true;
	bool known;
	if (cpu->vmcb->exitinfo1 != 0) {
		known = msr_set(vcpu, msr, vmsa->rdx << 32 | (u32)vmsa->rax, &valid);
	} else {
		known = msr_get(vcpu, msr, &value);
		if (known) {
			vmsa->rax = (u32)value;
			vmsa->rdx = value >> 32;
		}
	}
	if (!known) {
		exception_raise_vc(vcpu, SVM_EXIT_MSR);
		return;
	}
	if (!valid) {
		vcpu_inject_exception(vcpu, VECTOR_GP, true, 0);
		return;
	}
	struct decoded decoded;
	instruction_decode(vcpu, &decoded);
	instruction_advance(cpu, decoded.length == 0 ? 2 : decoded.length);
	if (msr == MSR_GHCB && cpu->vmcb->exitinfo1 != 0 && (vmsa->rflags & RFLAGS_TF) == 0) {
		exit_follow_vmgexit(cpu);
	}
}
