/* SPDX-License-Identifier: MIT */
#include "exit/exit.h"

#include "cpu/plain.h"
#include "cpu/vcpu.h"
#include "exit/decode.h"
#include "exit/exception.h"
#include "ghcb/ghcb.h"
#include "trace/end.h"
#include "trace/trace.h"

#define EXIT_WRITE_CR8 0x18U
#define VECTOR_UD 6U
#define VECTOR_GP 13U
#define CR8_TPR 0xFULL
#define APIC_TPR_SHIFT 4U

void exit_advance(struct cpu *cpu, u32 length)
{
	struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	vmsa->rip += length;
	if ((vmsa->cs.attributes & 0x200U) == 0) {
		vmsa->rip = (u32)vmsa->rip;
	}
	cpu->int_state[cpu->vcpu->vmpl] = 0;
}

static u64 general_register(const struct vmsa *vmsa, u8 number)
{
	const u64 values[] = {vmsa->rax, vmsa->rcx, vmsa->rdx, vmsa->rbx, vmsa->rsp, vmsa->rbp, vmsa->rsi, vmsa->rdi,
			      vmsa->r8,  vmsa->r9,  vmsa->r10, vmsa->r11, vmsa->r12, vmsa->r13, vmsa->r14, vmsa->r15};
	return values[number & 15];
}

/* CR8 is the task priority of the local APIC. Only intercepted while an interrupt waits for it (run.c). */
static void cr8_write(struct cpu *cpu)
{
	struct decoded decoded;
	instruction_decode(cpu->vcpu, &decoded);
	if (decoded.kind != INSTRUCTION_WRITE_CR8) {
		vcpu_inject_exception(cpu->vcpu, VECTOR_UD, false, 0);
		return;
	}
	u64 value = general_register(vcpu_vmsa(cpu->vcpu), decoded.modrm_register);
	if ((value & ~CR8_TPR) != 0) {
		vcpu_inject_exception(cpu->vcpu, VECTOR_GP, true, 0);
		return;
	}
	vcpu_context(cpu->vcpu)->apic.tpr = (u32)value << APIC_TPR_SHIFT;
	exit_advance(cpu, decoded.length);
}

static void vmgexit(struct cpu *cpu, u32 length)
{
	exit_advance(cpu, length);
	vcpu_vmsa(cpu->vcpu)->guest_exitcode = SVM_EXIT_VMGEXIT;
	ghcb_exit(cpu->vcpu);
}

static void vmmcall(struct cpu *cpu)
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

static void halt(struct cpu *cpu)
{
	struct decoded decoded;
	instruction_decode(cpu->vcpu, &decoded);
	exit_advance(cpu, decoded.length == 0 ? 1 : decoded.length);
	vcpu_vmsa(cpu->vcpu)->guest_exitcode = SVM_EXIT_HLT;
	(void)context_move(vcpu_context(cpu->vcpu), CONTEXT_READY, CONTEXT_HALTED);
}

static void unknown(struct cpu *cpu)
{
	const struct vmcb *vmcb = cpu->vmcb;
	if ((u32)vmcb->exitcode == UINT32_MAX) {
		machine_end_shutdown(cpu->vcpu, "vmrun-invalid");
	}
	if (vmcb->exitcode >= SVM_EXIT_VMRUN && vmcb->exitcode < SVM_EXIT_RDTSCP) {
		vcpu_inject_exception(cpu->vcpu, VECTOR_UD, false, 0);
		return;
	}
	machine_end(END_FAULT, cpu->vcpu, "why=unknown-exit code=0x%lx rip=0x%lx", vmcb->exitcode, vmcb->rip);
}

/* Exits that raise #VC, and those that the host sees: APM volume 2, section 15.35.4. */
void exit_handle(struct cpu *cpu)
{
	struct vcpu *vcpu = cpu->vcpu;
	if (plain_guest()) {
		exit_plain(cpu);
		return;
	}
	switch (cpu->vmcb->exitcode) {
	case SVM_EXIT_INTR:
	case SVM_EXIT_NMI:
		vcpu_vmsa(vcpu)->guest_exitcode = SVM_EXIT_INTR;
		return;
	case SVM_EXIT_CPUID:
	case SVM_EXIT_IOIO:
		exception_raise_vc(vcpu, cpu->vmcb->exitcode);
		return;
	case SVM_EXIT_MSR:
		exit_msr(cpu);
		return;
	case SVM_EXIT_VMMCALL:
		vmmcall(cpu);
		return;
	case SVM_EXIT_NPF:
		exit_nested_fault(cpu);
		return;
	case SVM_EXIT_HLT:
		halt(cpu);
		return;
	case EXIT_WRITE_CR8:
		cr8_write(cpu);
		return;
	case SVM_EXIT_EXCEPTION_BASE + VECTOR_UD:
		exit_invalid_opcode(cpu);
		return;
	case SVM_EXIT_SHUTDOWN:
		machine_end_shutdown(vcpu, "triple-fault");
	default:
		unknown(cpu);
	}
}
