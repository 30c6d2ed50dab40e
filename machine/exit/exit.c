/* SPDX-License-Identifier: MIT */
#include "exit/exit.h"

#include "cpu/plain.h"
#include "cpu/vcpu.h"
#include "end/end.h"
#include "exit/decode.h"
#include "exit/exception.h"
#include "exit/invalid_opcode.h"
#include "exit/msr_exit.h"
#include "exit/nested_fault.h"
#include "exit/plain_exit.h"
#include "exit/vmgexit.h"

#define EXIT_WRITE_CR8 0x18U
#define VECTOR_UD 6U
#define VECTOR_GP 13U
#define CR8_TPR 0xFULL
#define APIC_TPR_SHIFT 4U

static u64 general_register(const struct vmsa *vmsa, u8 number)
{
	const u64 values[] = {vmsa->rax, vmsa->rcx, vmsa->rdx, vmsa->rbx, vmsa->rsp, vmsa->rbp, vmsa->rsi, vmsa->rdi,
			      vmsa->r8,  vmsa->r9,  vmsa->r10, vmsa->r11, vmsa->r12, vmsa->r13, vmsa->r14, vmsa->r15};
	return values[number & 15];
}

/* CR8 is the task priority of the local APIC. Only intercepted while an interrupt waits for it (run/run.c). */
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
	instruction_advance(cpu, decoded.length);
}

static void halt(struct cpu *cpu)
{
	struct decoded decoded;
	instruction_decode(cpu->vcpu, &decoded);
	instruction_advance(cpu, decoded.length == 0 ? 1 : decoded.length);
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
		exit_vmmcall(cpu);
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
