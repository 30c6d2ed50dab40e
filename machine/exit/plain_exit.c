/* SPDX-License-Identifier: MIT */
#include "exit/plain_exit.h"

#include <copra/native.h>

#include "cpu/vcpu.h"
#include "device/msr.h"
#include "device/port.h"
#include "end/end.h"
#include "exit/decode.h"
#include "exit/nested_fault.h"
#include "mm/memory.h"
#include "psp/cpuid.h"
#include "rmp/nested.h"
#include "rmp/rmp.h"

#define VECTOR_UD 6U
#define VECTOR_GP 13U
#define LENGTH_CPUID 2U
#define LENGTH_MSR 2U
#define LENGTH_HLT 1U
#define CPUID_80000008_EBX_INVLPGB (1U << 3)

/* What the processor has, less what is the confidential guests' alone. */
static void cpuid(struct cpu *cpu)
{
	struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	u32 leaf = (u32)vmsa->rax;
	struct cpuid_result result = cpuid_guest(leaf, (u32)vmsa->rcx, vmsa->xcr0);
	if (leaf == CPUID_SEV) {
		result = (struct cpuid_result){0};
	} else if (leaf == 0x80000008U) {
		result.ebx &= ~CPUID_80000008_EBX_INVLPGB;
	}
	vmsa->rax = result.eax;
	vmsa->rbx = result.ebx;
	vmsa->rcx = result.ecx;
	vmsa->rdx = result.edx;
	instruction_advance(cpu, LENGTH_CPUID);
}

static bool msr_get(struct cpu *cpu, u32 msr)
{
	struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	u64 value = vmsa->pat;
	if (msr != MSR_PAT && !msr_guest_read(cpu->vcpu, msr, &value)) {
		return false;
	}
	vmsa->rax = (u32)value;
	vmsa->rdx = value >> 32;
	return true;
}

static void msr(struct cpu *cpu)
{
	const struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	u64 value = vmsa->rdx << 32 | (u32)vmsa->rax;
	bool write = cpu->vmcb->exitinfo1 != 0;
	bool done = write ? msr_guest_write(cpu->vcpu, (u32)vmsa->rcx, value) : msr_get(cpu, (u32)vmsa->rcx);
	if (done) {
		instruction_advance(cpu, LENGTH_MSR);
	} else {
		vcpu_inject_exception(cpu->vcpu, VECTOR_GP, true, 0);
	}
}

/* The debug exit port ends QEMU as it would without the machine. */
static noreturn_fn void guest_exit(struct cpu *cpu, u32 value)
{
	end_announce(END_EXIT, cpu->vcpu, "value=0x%x", value);
	port_out32(NATIVE_EXIT_PORT, value);
	for (;;) {
		cpu_halt();
	}
}

static u32 port_size(u64 info)
{
	return (info & IOIO_SIZE_8) != 0 ? 1 : (info & IOIO_SIZE_16) != 0 ? 2 : 4;
}

static void port_in(struct cpu *cpu, u16 port, u32 size)
{
	struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	u64 value = port_read(cpu->vcpu, port, size);
	u64 kept = size == 4 ? 0 : vmsa->rax & ~((1ULL << size * 8) - 1);
	vmsa->rax = kept | value;
}

static void port(struct cpu *cpu)
{
	struct vmsa *vmsa = vcpu_vmsa(cpu->vcpu);
	u64 info = cpu->vmcb->exitinfo1;
	u16 number = (u16)(info >> IOIO_PORT_SHIFT);
	u32 size = port_size(info);
	u32 value = (u32)(vmsa->rax & (UINT32_MAX >> (32 - size * 8)));
	if ((info & IOIO_STRING) != 0) {
		machine_end(END_FAULT, cpu->vcpu, "why=native-string-port port=0x%x rip=0x%lx", number, vmsa->rip);
	}
	if ((info & IOIO_IN) != 0) {
		port_in(cpu, number, size);
	} else if (number == NATIVE_EXIT_PORT && size == sizeof(u32)) {
		guest_exit(cpu, value);
	} else {
		port_write(cpu->vcpu, number, size, value);
	}
	/* The processor says where the next instruction is: APM volume 2, section 15.10.2. */
	vmsa->rip = cpu->vmcb->exitinfo2;
	cpu->int_state[cpu->vcpu->vmpl] = 0;
}

static void memory(struct cpu *cpu)
{
	gpa_t page = gpa_page(gpa(cpu->vmcb->exitinfo2 & ~memory_cbit_mask()));
	const struct rmp_entry *entry = rmp_find(page);
	vcpu_context(cpu->vcpu)->counters.nested_faults++;
	if (entry == NULL || entry->vmsa) {
		exit_report_violation(cpu, "native-mmio", page, cpu->vmcb->exitinfo1);
	}
	nested_fill(cpu->vcpu->vmpl, NESTED_PRIVATE, page);
}

static void halt(struct cpu *cpu)
{
	instruction_advance(cpu, LENGTH_HLT);
	(void)context_move(vcpu_context(cpu->vcpu), CONTEXT_READY, CONTEXT_HALTED);
}

void exit_plain(struct cpu *cpu)
{
	switch (cpu->vmcb->exitcode) {
	case SVM_EXIT_INTR:
	case SVM_EXIT_NMI:
		return;
	case SVM_EXIT_CPUID:
		cpuid(cpu);
		return;
	case SVM_EXIT_IOIO:
		port(cpu);
		return;
	case SVM_EXIT_MSR:
		msr(cpu);
		return;
	case SVM_EXIT_NPF:
		memory(cpu);
		return;
	case SVM_EXIT_HLT:
		halt(cpu);
		return;
	case SVM_EXIT_SHUTDOWN:
		machine_end_shutdown(cpu->vcpu, "triple-fault");
	default: /* #UD, VMMCALL, SVM: no hypervisor and no such instruction here */
		if ((u32)cpu->vmcb->exitcode == UINT32_MAX) {
			machine_end_shutdown(cpu->vcpu, "vmrun-invalid");
		}
		vcpu_inject_exception(cpu->vcpu, VECTOR_UD, false, 0);
	}
}
