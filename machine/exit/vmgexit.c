/* SPDX-License-Identifier: MIT */
#include "exit/vmgexit.h"

#include "cpu/vcpu.h"
#include "exit/decode.h"
#include "exit/exception.h"
#include "ghcb/ghcb.h"
#include "trace/trace.h"

static void vmgexit(struct cpu *cpu, u32 length)
{
	instruction_advance(cpu, length);
	vcpu_vmsa(cpu->vcpu)->guest_exitcode = SVM_EXIT_VMGEXIT;
	ghcb_exit(cpu->vcpu);
}

void exit_vmmcall(struct cpu *cpu)
{
	struct decoded decoded;
	instruction_decode(cpu->vcpu, &decoded);
	if (decoded.kind == INSTRUCTION_VMMCALL) {
		exception_raise_vc(cpu->vcpu, SVM_EXIT_VMMCALL);
		return;
	}
	if (decoded.kind != INSTRUCTION_VMGEXIT) {
		trace(TRACE_REFUSED, cpu->vcpu, "vmmcall-unreadable", "rip=0x%lx", vcpu_vmsa(cpu->vcpu)->rip);
		return;
	}
	vmgexit(cpu, decoded.length);
}

void exit_follow_vmgexit(struct cpu *cpu)
{
	struct decoded decoded;
	instruction_decode(cpu->vcpu, &decoded);
	if (decoded.kind == INSTRUCTION_VMGEXIT) {
		vcpu_context(cpu->vcpu)->counters.exits[SVM_EXIT_VMMCALL]++;
		vmgexit(cpu, decoded.length);
	}
}
